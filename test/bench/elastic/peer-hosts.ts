/** Host containers for peers: the same machines as ours, with Podman alone. */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { hostOptions } from "../../../infra/local/host-container.ts";
import { ensureImages } from "../../../infra/local/images/images.ts";
import { podman, podmanInside, removeContainer } from "../../../infra/local/podman.ts";
import { eventually, ROOT } from "../../platform/platform.ts";
import { linesOf, PROGRAM } from "./printing.ts";

export const RUNTIME_IMAGE = "localhost/markco-runtime:latest";
export const ARCHIVE = "/var/lib/containers/p.tar";
const NAME = "peer";

export class PeerHost {
  readonly #podman: readonly string[];
  readonly #exec: readonly string[];

  constructor(container: string) {
    this.#podman = podmanInside(container);
    this.#exec = this.#podman.slice(0, -1);
  }

  /** `podman …` on the host. */
  podman(...args: string[]): Promise<string> {
    return run([...this.#podman, ...args]);
  }

  /** A command on the host, for a shell. */
  shell(command: string): string {
    return `${this.#exec.join(" ")} sh -c '${command}'`;
  }

  /** Starts the printing program in a container and waits until it prints. */
  async begin(mb: number): Promise<void> {
    const options = ["--detach", "--name", NAME, "--network", "none", "--cap-drop", "all", "--memory", "6g"];
    await this.podman("run", ...options, "--entrypoint", "python3", RUNTIME_IMAGE, "-c", PROGRAM(mb, "False"));
    await eventually("the peer prints", 120_000, async () => linesOf(await this.log()).length > 10);
  }

  /** Milliseconds from the start of a container that gets a line on its stdin until it says something that matches. */
  async firstLine(image: string, input: string, wanted: RegExp): Promise<number> {
    const began = performance.now();
    const [name = "", ...args] = [...this.#podman, "run", "--rm", "--interactive", "--name", NAME, image];
    const child = spawn(name, args, { stdio: ["pipe", "pipe", "ignore"] });
    child.stdin.write(`${input}\n`);
    let text = "";
    for await (const chunk of child.stdout) {
      text += chunk;
      if (wanted.test(text)) break;
    }
    const ms = performance.now() - began;
    await this.remove();
    return ms;
  }

  log(): Promise<string> {
    return this.podman("logs", NAME);
  }

  async checkpoint(): Promise<void> {
    await this.podman("container", "checkpoint", "--export", ARCHIVE, "--compress", "none", NAME);
  }

  async restore(): Promise<void> {
    await this.podman("container", "restore", "--import", ARCHIVE);
  }

  async remove(): Promise<void> {
    await this.podman("rm", "--force", "--ignore", "--time", "0", NAME);
  }
}

/** @param count how many hosts */
export async function withPeers<T>(count: number, use: (...hosts: PeerHost[]) => Promise<T>): Promise<T> {
  const image = await ensureImages();
  const names = Array.from({ length: count }, (_, i) => `markco-bench-peer-${i}`);
  const folders = await Promise.all(names.map(() => mkdtemp(join(ROOT, ".markco", "peer-"))));
  try {
    for (const [i, name] of names.entries()) {
      await removeContainer(name);
      const options = hostOptions({ hostname: name, containers: folders[i] ?? "", place: ["--network", "none"] });
      await podman(["run", "--detach", "--name", name, ...options, image, "sleep", "infinity"]);
    }
    return await use(...names.map((name) => new PeerHost(name)));
  } finally {
    for (const name of names) await removeContainer(name);
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  }
}

/** Runs a program; resolves with what it prints. */
export function run([name = "", ...args]: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(name, args, { stdio: ["ignore", "pipe", "pipe"] });
    let [out, error] = ["", ""];
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    child.stderr.on("data", (chunk) => {
      error += chunk;
    });
    child.once("error", reject);
    child.once("close", (status) => {
      if (status === 0) resolve(out);
      else reject(new Error(`${name} ${args.slice(-3).join(" ")}: ${error.trim()}`));
    });
  });
}
