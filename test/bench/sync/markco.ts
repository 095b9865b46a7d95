/** The editor server's own bundle, started as its container starts it; what the daemon would hand on comes from the clients. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { buildAll } from "../../../infra/build.ts";
import { encodeActor } from "../../../shared/daemon/actor.ts";
import { eventually, ROOT } from "../../platform/platform.ts";
import type { Contender, Door } from "./contender.ts";
import { MARKCO } from "./dialects.ts";
import { ServerProcess } from "./server-process.ts";

const PROJECT = "3f0c1a52-58d4-4d25-9be2-0c5f3c1f6a10";
const HEADERS = {
  "x-markco-project": PROJECT,
  "x-markco-actor": encodeActor({
    userId: "9d1f7f1e-6c55-4e0e-8f4e-0b7d2a6c1e55",
    handle: "demo",
    name: "Demo",
    role: "editor",
  }),
};
const START_MS = 30_000;

export class Markco implements Contender {
  readonly name = "markco";
  readonly #folder: string;
  readonly #container: Container;
  #process: ServerProcess | null = null;

  private constructor(folder: string, container: Container) {
    this.#folder = folder;
    this.#container = container;
  }

  static async prepare(folder: string): Promise<Markco> {
    await buildAll(["editor"]);
    await mkdir(join(folder, "data", "projects", PROJECT), { recursive: true });
    await mkdir(join(folder, "run"), { recursive: true });
    return new Markco(folder, await readContainer());
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  async start(): Promise<void> {
    const { options, env } = this.#container;
    this.#process = new ServerProcess([...options, join(ROOT, "dist/editor/server.mjs")], {
      ...env,
      MARKCO_DATA: join(this.#folder, "data"),
      MARKCO_RUN: join(this.#folder, "run"),
    });
    await eventually("the editor server answers", START_MS, () => isHealthy(this.#socket));
  }

  async stop(): Promise<void> {
    await this.#process?.end("SIGTERM");
  }

  async kill(): Promise<void> {
    await this.#process?.end("SIGKILL");
  }

  async create(document: string, text: string): Promise<void> {
    await writeFile(join(this.#folder, "data", "projects", PROJECT, document), text);
  }

  door(document: string): Door {
    const url = `ws+unix:${this.#socket}:/sync?path=${encodeURIComponent(document)}`;
    return { url, headers: HEADERS, dialect: MARKCO };
  }

  get #socket(): string {
    return join(this.#folder, "run", "editor.sock");
  }
}

/** What the container tells Node, and sets around it. */
interface Container {
  readonly options: readonly string[];
  readonly env: Record<string, string>;
}

async function readContainer(): Promise<Container> {
  const file = await readFile(join(ROOT, "images/editor/Containerfile"), "utf8");
  const [, entry = "[]"] = /^ENTRYPOINT (.*)$/m.exec(file) ?? [];
  const env = [...file.matchAll(/^ENV (\w+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value] as const);
  return { options: JSON.parse(entry).filter((word: string) => word.startsWith("--")), env: Object.fromEntries(env) };
}

function isHealthy(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = request({ socketPath, path: "/health" }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    sent.on("error", () => resolve(false));
    sent.end();
  });
}
