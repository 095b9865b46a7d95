/** A project folder, a fake daemon and a real editor server in its own process, for tests. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { type ClientRequest, type IncomingHttpHeaders, request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { WebSocket } from "ws";
import type * as Y from "yjs";
import { encodeActor } from "../../../../shared/daemon/actor.ts";
import { RunLine } from "../../../../shared/editor/run-lines.ts";
import type { Role } from "../../../../shared/roles.ts";
import { Browser } from "./browser.ts";
import { FakeDaemon, type Kernel } from "./fake-daemon.ts";

/** As it is shipped, which starts with a quarter of the work. The set-up of the unit tests has built it. */
const SERVER = join(import.meta.dirname, "../../../../dist/editor/server.mjs");
const PROJECT = "3f0c1a52-58d4-4d25-9be2-0c5f3c1f6a10";
const USER = "9d1f7f1e-6c55-4e0e-8f4e-0b7d2a6c1e55";
const POLL_MS = 20;

/** Of the editor server. Status 0 is none. */
class Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;

  constructor(status: number, headers: IncomingHttpHeaders, bytes: Buffer) {
    this.status = status;
    this.headers = headers;
    this.bytes = bytes;
  }

  get text(): string {
    return this.bytes.toString();
  }
}

export class Workplace {
  readonly root: string;
  readonly daemon: FakeDaemon;
  #server: ChildProcess | null = null;
  readonly #browsers: Browser[] = [];

  private constructor(root: string, daemon: FakeDaemon) {
    this.root = root;
    this.daemon = daemon;
  }

  static async create(
    files: Record<string, string | Uint8Array>,
    kernel: Kernel = () => undefined,
  ): Promise<Workplace> {
    const root = await mkdtemp(join(tmpdir(), "editor-"));
    await mkdir(join(root, "run"));
    const place = new Workplace(root, new FakeDaemon(join(root, "run", "daemon.sock"), kernel));
    for (const [path, content] of Object.entries(files)) await place.write(path, content);
    await place.daemon.start();
    await place.startServer();
    return place;
  }

  /** @param options of Node */
  async startServer(options: readonly string[] = []): Promise<void> {
    const server = spawn(process.execPath, [...options, SERVER], {
      env: { ...process.env, MARKCO_DATA: join(this.root, "data"), MARKCO_RUN: join(this.root, "run") },
      stdio: ["ignore", "inherit", "inherit"],
    });
    this.#server = server;
    await this.eventually("the server answers", async () => (await this.ask("GET", "/health")).status === 200);
  }

  /** As the kernel does when memory runs out: no farewell. */
  async killServer(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    server.kill(signal);
    if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
  }

  get pid(): number {
    return this.#server?.pid ?? 0;
  }

  async dispose(): Promise<void> {
    for (const browser of this.#browsers) browser.close();
    await this.killServer();
    await this.daemon.stop();
    await rm(this.root, { recursive: true });
  }

  file(path: string): string {
    return join(this.root, "data", "projects", PROJECT, path);
  }

  async write(path: string, content: string | Uint8Array): Promise<void> {
    await mkdir(dirname(this.file(path)), { recursive: true });
    await writeFile(this.file(path), content);
  }

  read(path: string): Promise<string> {
    return readFile(this.file(path), "utf8");
  }

  /** Where the editor server keeps what it has of a document. */
  async stateOf(path: string): Promise<string> {
    const journals = join(this.root, "data", "editor", "journal");
    for (const name of await readdir(journals)) {
      const described = JSON.parse(await readFile(join(journals, name, "document.json"), "utf8"));
      if (described.path === path) return join(journals, name);
    }
    throw new Error(`the editor server has nothing of ${path}`);
  }

  browse(
    path: string,
    { role = "editor", doc, lineage }: { role?: Role; doc?: Y.Doc; lineage?: string } = {},
  ): Browser {
    const query = `path=${encodeURIComponent(path)}${lineage === undefined ? "" : `&lineage=${lineage}`}`;
    const address = `ws+unix:${join(this.root, "run", "editor.sock")}:/sync?${query}`;
    const browser = new Browser(new WebSocket(address, { headers: headers(role) }), doc);
    this.#browsers.push(browser);
    return browser;
  }

  ask(method: string, path: string, body?: object | Uint8Array, role: Role = "editor", userId = USER): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const socketPath = join(this.root, "run", "editor.sock");
      const sent = request({ socketPath, path, method, headers: headers(role, userId) }, (response) => {
        response
          .toArray()
          .then(
            (chunks) => resolve(new Answer(response.statusCode ?? 0, response.headers, Buffer.concat(chunks))),
            reject,
          );
      });
      sent.on("error", () => resolve(new Answer(0, {}, Buffer.alloc(0))));
      sent.end(body instanceof Uint8Array ? body : body && JSON.stringify(body));
    });
  }

  /** A request whose body the test writes, bit by bit. What becomes of it is the test's. */
  begin(method: string, path: string): ClientRequest {
    const socketPath = join(this.root, "run", "editor.sock");
    return request({ socketPath, path, method, headers: headers("editor") }).on("error", () => {});
  }

  async run(path: string, cell: number | null = null, more: object = {}): Promise<RunLine[]> {
    const { text } = await this.ask("POST", "/run", { path, cell, ...more });
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => RunLine.parse(JSON.parse(line)));
  }

  /** Fails after `withinMs` with what was waited for. */
  async eventually(what: string, met: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
    const deadline = Date.now() + withinMs;
    while (!(await met())) {
      if (Date.now() > deadline) throw new Error(`did not come true within ${withinMs} ms: ${what}`);
      await wait(POLL_MS);
    }
  }
}

function headers(role: Role, userId = USER): Record<string, string> {
  return {
    "x-markco-project": PROJECT,
    "x-markco-actor": encodeActor({ userId, handle: "demo", name: "Demo Döe", role }),
  };
}
