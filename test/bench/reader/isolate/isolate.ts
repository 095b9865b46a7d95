/**
 * A renderer in a workerd of its own, and what its answers cost.
 *
 * Cost is what the kernel booked on workerd's main thread, where the isolate runs, from before a request until that
 * thread sleeps again. Neither the isolate's clock would do, which stands still while code runs, nor the time on the
 * wall, in which other programs of the machine run too. It holds the isolate's garbage collection, as far as that is
 * done by the thread itself.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { build } from "esbuild";
import * as z from "zod";
import { REPOSITORY } from "../../../../infra/local/folders.ts";
import { median } from "../../runtime/statistics.ts";
import { PACKAGES } from "../packages.ts";
import { mainThreadMs } from "../thread-time.ts";

const WORKERD = join(REPOSITORY, "node_modules/@cloudflare", `workerd-linux-${process.arch === "x64" ? 64 : "arm64"}`);

/** Requests that render nothing, before the first that does: connection and HTTP are warm then, the renderer is not. */
const IDLE_REQUESTS = 10;

const Listening = z.object({ event: z.literal("listen"), port: z.int() });

export interface Bundle {
  readonly folder: string;
  readonly code: string;
}

/**
 * Bundles a renderer into a Worker, minified as it would be deployed.
 * @param module exports `render(source)`
 */
export async function bundleRenderer(module: string): Promise<Bundle> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { render } from "${module}"; import { workerOf } from "./worker.ts"; export default workerOf(render);`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2024",
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    legalComments: "none",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const code = outputFiles[0]?.text ?? "";
  const folder = join(PACKAGES, "isolates", basename(module));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "worker.js"), code);
  await writeFile(join(folder, "config.capnp"), CONFIG);
  return { folder, code };
}

const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker.js", esModule = embed "worker.js")],
    compatibilityDate = "2026-10-23",
  ))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;

export class Isolate {
  readonly #process: ChildProcess;
  readonly #origin: string;
  /** CPU time of a request that renders nothing (ms): that is not the renderer's. */
  #idleMs = 0;

  private constructor(child: ChildProcess, port: number) {
    this.#process = child;
    this.#origin = `http://127.0.0.1:${port}`;
  }

  /** Starts workerd and gives it the documents. Nothing has been rendered by then. */
  static async start({ folder }: Bundle, documents: readonly string[]): Promise<Isolate> {
    const child = spawn(join(WORKERD, "bin/workerd"), ["serve", "--control-fd=3", "config.capnp"], {
      cwd: folder,
      stdio: ["ignore", "ignore", "ignore", "pipe"],
    });
    const isolate = new Isolate(child, await portOf(child));
    await isolate.#ask("/", { method: "PUT", body: JSON.stringify(documents) });
    isolate.#idleMs = median(await isolate.#costsOfNothing());
    return isolate;
  }

  /** HTML of a document. */
  render(document: number): Promise<string> {
    return this.#ask(`/?document=${document}`);
  }

  /** CPU time of rendering a document once (ms). */
  async cpuMsOf(document: number): Promise<number> {
    return (await this.#cpuMs(() => this.render(document))) - this.#idleMs;
  }

  async stop(): Promise<void> {
    this.#process.kill("SIGKILL");
    await once(this.#process, "exit");
  }

  async #costsOfNothing(): Promise<number[]> {
    const costs: number[] = [];
    for (let i = 0; i < IDLE_REQUESTS; i++) costs.push(await this.#cpuMs(() => this.#ask("/nothing")));
    return costs;
  }

  async #cpuMs(act: () => Promise<unknown>): Promise<number> {
    const { pid = 0 } = this.#process;
    const before = await mainThreadMs(pid);
    await act();
    return (await mainThreadMs(pid)) - before;
  }

  async #ask(path: string, init: RequestInit = {}): Promise<string> {
    const response = await fetch(this.#origin + path, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return text;
  }
}

/** workerd says on a pipe which port the kernel gave it. */
async function portOf(child: ChildProcess): Promise<number> {
  const control = child.stdio[3] as Readable;
  for await (const line of createInterface(control)) {
    const said = Listening.safeParse(JSON.parse(line));
    if (said.success) return said.data.port;
  }
  throw new Error("workerd ended before it listened");
}
