/** Jupyter Server with ipykernel, used as JupyterLab uses it: REST for kernels, and a WebSocket for each. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { parse } from "../../../shared/daemon/fault.ts";
import { children, eventually } from "../../platform/platform.ts";
import { CELLS, type CellName, type Contender, IMAGES, LINES } from "./contender.ts";
import { JupyterKernel } from "./jupyter-kernel.ts";
import { memoryMb } from "./memory.ts";

const CONFIG = join(import.meta.dirname, "jupyter-config");
const START_MS = 60_000;

/** A server that runs, and what its requests need. */
interface Server {
  readonly process: ChildProcess;
  readonly url: string;
  readonly headers: Record<string, string>;
}

export class Jupyter implements Contender {
  readonly name: string;
  readonly #server: Server;
  readonly #noDelay: boolean;
  readonly #warm: JupyterKernel;

  private constructor(server: Server, noDelay: boolean, warm: JupyterKernel) {
    this.name = noDelay ? "jupyter without delay" : "jupyter";
    this.#server = server;
    this.#noDelay = noDelay;
    this.#warm = warm;
  }

  /** @param python the interpreter that has Jupyter */
  static async start(python: string): Promise<Jupyter> {
    // Nothing of the person's own configuration, and nothing left in their home.
    const home = await mkdtemp(join(tmpdir(), "bench-jupyter-"));
    const token = randomUUID();
    const options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0", `--IdentityProvider.token=${token}`];
    const child = spawn(python, ["-m", "jupyter_server", ...options], {
      cwd: home,
      env: { ...process.env, HOME: home, IPYTHONDIR: home, JUPYTER_CONFIG_DIR: CONFIG, JUPYTER_DATA_DIR: home },
      stdio: ["ignore", "ignore", "pipe"],
    });
    child.once("exit", () => void rm(home, { recursive: true, force: true }));
    const server = { process: child, url: await addressOf(child), headers: { authorization: `token ${token}` } };
    // It names its address before it listens there.
    await eventually("Jupyter answers", START_MS, async () => (await fetch(`${server.url}/api`)).ok);
    return new Jupyter(server, false, await newKernel(server, false));
  }

  /** The same server with another kernel, over sockets without Nagle's algorithm (jupyter-config says why). */
  async withoutDelay(): Promise<Jupyter> {
    return new Jupyter(this.#server, true, await newKernel(this.#server, true));
  }

  async stop(): Promise<void> {
    const { process } = this.#server;
    const ended = new Promise((resolve) => process.once("exit", resolve));
    process.kill("SIGTERM");
    await ended;
  }

  async run(code: string): Promise<string> {
    let result = "";
    let traceback = "";
    await this.#warm.execute(code, ({ header, content }) => {
      if (header.msg_type === "execute_result") result = String(content.data["text/plain"]);
      if (header.msg_type === "error") traceback = content.traceback.join("\n");
    });
    if (traceback) throw new Error(traceback);
    return result;
  }

  /** To the cell's last message. Ours is more work: there the output stands in the document, which JupyterLab has yet to do. */
  async deliver(cell: CellName): Promise<void> {
    let text = "";
    let images = 0;
    await this.#warm.execute(CELLS[cell], ({ content }) => {
      text += content.text ?? "";
      if (content.data["image/png"]) images++;
    });
    const isComplete = cell === "lines" ? text.endsWith(`\n${LINES - 1}\n`) : images === IMAGES.count;
    if (!isComplete) throw new Error(`Jupyter gave ${text.length} characters and ${images} images of "${cell}"`);
  }

  async complete(code: string, cursor: number): Promise<string[]> {
    return (await this.#warm.ask("complete_request", { code, cursor_pos: cursor })).matches;
  }

  async hover(code: string, cursor: number): Promise<boolean> {
    return (await this.#warm.ask("inspect_request", { code, cursor_pos: cursor, detail_level: 0 })).found;
  }

  async firstOutput(): Promise<number> {
    const began = performance.now();
    let heard = 0;
    const kernel = await newKernel(this.#server, this.#noDelay);
    await kernel.execute("print(1)", ({ header }) => {
      if (header.msg_type === "stream") heard ||= performance.now();
    });
    kernel.close();
    await fetch(`${this.#server.url}/api/kernels/${kernel.id}`, { method: "DELETE", headers: this.#server.headers });
    return heard - began;
  }

  async kernelMb(): Promise<number> {
    const started = await children(this.#server.process.pid ?? 0);
    return memoryMb(started.filter(({ command }) => command.includes(this.#warm.id)).map(({ pid }) => pid));
  }

  /** Of the server alone, without kernels. */
  serverMb(): Promise<number> {
    return memoryMb([this.#server.process.pid ?? 0]);
  }
}

/** Resolves when the server says where it is. */
function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    server.once("exit", (code) => reject(new Error(`jupyter_server ended with ${code}:\n${said}`)));
    server.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
      if (url) resolve(url);
    });
  });
}

async function newKernel({ url, headers }: Server, noDelay: boolean): Promise<JupyterKernel> {
  const kernel = JSON.stringify({ name: "python3" });
  const response = await fetch(`${url}/api/kernels`, { method: "POST", headers, body: kernel });
  const { id } = parse(z.object({ id: z.string() }), await response.json(), "Jupyter's answer");
  const channels = `${url.replace(/^http/, "ws")}/api/kernels/${id}/channels${noDelay ? "?nodelay=1" : ""}`;
  return JupyterKernel.connect(id, channels, headers);
}
