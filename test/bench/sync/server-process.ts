/** A server in a process of its own: it can be killed as a machine kills it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

const END_MS = 30_000;

export class ServerProcess {
  readonly #child: ChildProcess;

  constructor(args: readonly string[], env: Record<string, string> = {}) {
    this.#child = spawn(process.execPath, args, {
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", process.env.MARKCO_BENCH_LOG ? "inherit" : "ignore"],
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    const late = setTimeout(() => child.kill("SIGKILL"), END_MS);
    await ended;
    clearTimeout(late);
  }
}
