/** One project on a platform of its own, driven over the public API. */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stateFolders } from "../../../infra/local/folders.ts";
import { readEvents } from "../../../shared/mrp/event-stream.ts";
import { api, eventually, markco, type PlatformPlace, ROOT, startPlatform } from "../../platform/platform.ts";
import { linesOf } from "./printing.ts";

export const PLACE: PlatformPlace = { state: join(ROOT, ".markco/bench-elastic"), port: 8851 };
const NAME = "bench";

/** A cell under way. */
export interface Cell {
  /** What it has printed so far. */
  text(): string;
  /** Resolves when it has printed something. */
  readonly prints: Promise<void>;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
}

export class BenchProject {
  readonly projectId: string;
  /** Its files. */
  readonly folder: string;

  constructor(projectId: string, folder: string) {
    this.projectId = projectId;
    this.folder = folder;
  }

  /** `markco COMMAND bench …`. Throws if it fails. */
  async command(name: string, ...args: string[]): Promise<string> {
    const { status, stdout, stderr } = await markco(PLACE, name, NAME, ...args);
    if (status !== 0) throw new Error(`markco ${name}: ${stderr}`);
    return stdout;
  }

  /** Asks below the project's address. Throws if it is refused. */
  async ask(method: string, path: string, body?: object): Promise<Response> {
    const response = await api(PLACE, `/api/projects/${this.projectId}/${path}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response;
  }

  /** Runs a cell to its end. */
  async execute(code: string): Promise<void> {
    const body = { execId: randomUUID(), code, session: `${this.projectId}:default` };
    const { success, error } = await (await this.ask("POST", "mrp/v1/execute", body)).json();
    if (!success) throw new Error(`the cell failed: ${error?.message}`);
  }

  /** Milliseconds from the request to the first thing that a cell prints. */
  async firstOutput(code: string): Promise<number> {
    const began = performance.now();
    const cell = await this.begin(code);
    await cell.prints;
    const ms = performance.now() - began;
    await cell.ended;
    return ms;
  }

  async begin(code: string): Promise<Cell> {
    const body = { execId: randomUUID(), code, session: `${this.projectId}:default` };
    const { body: events } = await this.ask("POST", "mrp/v1/execute/stream", body);
    if (events === null) throw new Error("the answer has no events");
    let text = "";
    const prints = Promise.withResolvers<void>();
    const ended = (async () => {
      for await (const { event, data } of readEvents(events)) {
        if (event !== "stdout") continue;
        text += JSON.parse(data).content;
        prints.resolve();
      }
      prints.reject(new Error("the cell printed nothing"));
    })();
    for (const promise of [ended, prints.promise]) promise.catch(() => {});
    return { text: () => text, prints: prints.promise, ended };
  }

  /** Begins a cell that prints until `stop` is called; resolves when it prints. */
  async beginPrinting(code: string): Promise<Cell & { stop(): Promise<void> }> {
    await rm(join(this.folder, "stop"), { force: true });
    const cell = await this.begin(code);
    await eventually("the cell prints", 120_000, async () => linesOf(cell.text()).length > 10);
    const stop = async () => {
      await writeFile(join(this.folder, "stop"), "");
      await cell.ended;
    };
    return { ...cell, stop };
  }
}

/** As a Python expression: whether the cell of `beginPrinting` shall stop. */
export const STOPPED = 'os.path.exists("stop")';

export async function withProject<T>(use: (project: BenchProject) => Promise<T>): Promise<T> {
  await rm(PLACE.state, { recursive: true, force: true });
  const platform = await startPlatform(PLACE, { MARKCO_IDLE_SECONDS: "3600" });
  try {
    const root = await mkdtemp(join(tmpdir(), "bench-"));
    await writeFile(join(root, "mrmd.md"), "# Bench\n");
    const { projectId } = JSON.parse((await markco(PLACE, "import", root, "--name", NAME, "--json")).stdout);
    const { owner } = await (await api(PLACE, `/api/projects/${projectId}`)).json();
    const { data } = stateFolders({ MARKCO_STATE: PLACE.state });
    return await use(new BenchProject(projectId, join(data, "users", owner.userId, "projects", projectId)));
  } finally {
    await platform.stop();
    await rm(PLACE.state, { recursive: true, force: true });
  }
}
