/** A platform of its own, used at its public address. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { Client } from "../../../infra/cli/client.ts";
import { DAEMON, ProjectState } from "../../../shared/daemon/contract.ts";
import { ANSWERS } from "../../../shared/mrp/introspection.ts";
import {
  credentials,
  markco,
  type PlatformPlace,
  processes,
  type RunningPlatform,
  readProjectFile,
  startPlatform,
} from "../../platform/platform.ts";
import { CELLS, type CellName, type Contender, IMAGES, LINES } from "./contender.ts";
import { openDaemon } from "./daemon-door.ts";
import { BENCH } from "./install.ts";
import { memoryMb } from "./memory.ts";

const PLACE: PlatformPlace = { state: join(BENCH, "platform"), port: 8811 };

const Executed = z.object({
  success: z.boolean(),
  result: z.string().nullable(),
  error: z.object({ traceback: z.array(z.string()) }).nullable(),
});

export class Markco implements Contender {
  readonly name = "markco";
  readonly #platform: RunningPlatform;
  readonly #client: Client;
  readonly #projectId: string;
  #fresh = 0;

  private constructor(platform: RunningPlatform, client: Client, projectId: string) {
    this.#platform = platform;
    this.#client = client;
    this.#projectId = projectId;
  }

  static async start(): Promise<Markco> {
    await rm(PLACE.state, { recursive: true, force: true });
    const platform = await startPlatform(PLACE);
    try {
      return new Markco(platform, new Client(await credentials(PLACE)), await importCells());
    } catch (error) {
      await platform.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.#platform.stop();
    await rm(PLACE.state, { recursive: true, force: true });
  }

  async run(code: string): Promise<string> {
    return textOf(await this.#mrp(Executed, "execute", { code, session: this.#session("default") }));
  }

  /** To the end of `markco run`: then the document has the output, and the images are files of the project. */
  async deliver(cell: CellName): Promise<void> {
    const path = `${cell}.md`;
    const response = await this.#client.request("POST", `/api/projects/${this.#projectId}/editor/run`, {
      path,
      cell: 1,
    });
    await response.text();
    const document = await readProjectFile(PLACE, this.#projectId, path);
    const images = document.match(/^!\[plot\]\(.*\.png\)$/gm)?.length;
    const isComplete = cell === "lines" ? document.includes(`\n${LINES - 1}\n`) : images === IMAGES.count;
    if (!isComplete) throw new Error(`${path} has not all of its output:\n${document.slice(-500)}`);
  }

  async complete(code: string, cursor: number): Promise<string[]> {
    const answer = await this.#mrp(ANSWERS.complete, "complete", { code, cursor, session: this.#session("default") });
    return answer.matches.map(({ label }) => label);
  }

  async hover(code: string, cursor: number): Promise<boolean> {
    return (await this.#mrp(ANSWERS.hover, "hover", { code, cursor, session: this.#session("default") })).found;
  }

  async firstOutput(): Promise<number> {
    const session = this.#session(`fresh-${++this.#fresh}`);
    const began = performance.now();
    const response = await this.#client.request("POST", this.#path("execute/stream"), { code: "print(1)", session });
    let heard = 0;
    let said = "";
    for await (const chunk of response.body ?? []) {
      said += Buffer.from(chunk).toString();
      if (said.includes("event: stdout")) heard ||= performance.now();
    }
    await this.#client.request("POST", this.#path(`sessions/${session}/reset`));
    return heard - began;
  }

  async kernelMb(): Promise<number> {
    const [supervisor, kernels] = await Promise.all(
      ["/opt/markco/supervisor", "/opt/markco/kernels/"].map((text) => processes(PLACE.state, text)),
    );
    if (!supervisor?.length || !kernels?.length) throw new Error("no runtime was found among the processes");
    return memoryMb([...supervisor, ...kernels].map(({ pid }) => pid));
  }

  /** As `run`, at the daemon's own door: what is left without the edge. */
  async runnerAtDaemon(): Promise<(code: string) => Promise<string>> {
    const { owner } = await this.#client.json(ProjectState, "GET", `/api/projects/${this.#projectId}`);
    const ask = await openDaemon(PLACE.state, { ...owner, name: owner.handle, role: "owner" });
    const target = DAEMON.mrp(this.#projectId, "/mrp/v1/execute");
    return async (code) => textOf(Executed.parse(await ask(target, { code, session: this.#session("default") })));
  }

  #session(name: string): string {
    return `${this.#projectId}:${name}`;
  }

  #path(rest: string): string {
    return `/api/projects/${this.#projectId}/mrp/v1/${rest}`;
  }

  #mrp<T>(schema: z.ZodType<T>, path: string, request: object): Promise<T> {
    return this.#client.json(schema, "POST", this.#path(path), request);
  }
}

/** A project with a document for each of CELLS. Returns its id. */
async function importCells(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bench-markco-"));
  await writeFile(join(folder, "mrmd.md"), "# Benchmark\n");
  for (const [name, code] of Object.entries(CELLS)) {
    await writeFile(join(folder, `${name}.md`), `\`\`\`python\n${code}\n\`\`\`\n`);
  }
  const imported = await markco(PLACE, "import", folder, "--name", "bench", "--json");
  await rm(folder, { recursive: true });
  return z.object({ projectId: z.uuid() }).parse(JSON.parse(imported.stdout)).projectId;
}

function textOf({ success, result, error }: z.infer<typeof Executed>): string {
  if (!success) throw new Error(error?.traceback.join("\n"));
  return result ?? "";
}
