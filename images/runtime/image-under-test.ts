/**
 * For tests: a runtime as the image runs it. MARKCO_RUNTIME_IMAGE names the image, MARKCO_PODMAN is the command that has
 * it, with its options ("podman" if unset). While a kernel is written, MARKCO_RUNTIME_COMMAND may start the supervisor of
 * an unpacked image instead, without a container's limits.
 */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { describe } from "vitest";
import { Supervisor } from "./supervisor-under-test.ts";

const image = process.env.MARKCO_RUNTIME_IMAGE;
const command = process.env.MARKCO_RUNTIME_COMMAND;
const [podman = "podman", ...options] = (process.env.MARKCO_PODMAN ?? "podman").split(" ");

/** A group of tests that needs the image; without one they are skipped and say so. */
export function describeImage(name: string, define: () => void): void {
  const runs = image !== undefined || command !== undefined;
  describe.skipIf(!runs)(`${name}${runs ? "" : " (skipped: MARKCO_RUNTIME_IMAGE names none)"}`, define);
}

export class Runtime {
  readonly supervisor: Supervisor;
  /** The session that `run` and `start` use unless told otherwise. */
  readonly #session: string;
  readonly #name = `runtime-test-${randomUUID()}`;
  #count = 0;

  /** Starts a container as tight as the daemon's, with no network unless `network` says so. */
  constructor(session: string, { network = "none", memory = "2g", pids = 1024, disk = "1g" } = {}) {
    this.#session = session;
    const limits = ["--cap-drop", "all", "--security-opt", "no-new-privileges", "--network", network];
    const sizes = ["--memory", memory, "--memory-swap", memory, "--pids-limit", String(pids)];
    const project = ["--tmpfs", `/project:size=${disk}`];
    const ulimits = ["--ulimit", "nofile=1024:20000", "--ulimit", "nproc=4096:4096"];
    const run = [
      ...options,
      "run",
      "--rm",
      "-i",
      "--name",
      this.#name,
      ...limits,
      ...sizes,
      ...project,
      ...ulimits,
      image ?? "",
    ];
    this.supervisor = new Supervisor("/project", command === undefined ? [podman, ...run] : [command]);
  }

  close(): void {
    if (command === undefined) execFileSync(podman, [...options, "rm", "-f", "-t", "1", this.#name]);
    else this.supervisor.child.kill("SIGTERM");
  }

  /** Sends a cell and returns the id of its execution. */
  start(code: string, assetDir: string | null = null, session = this.#session): string {
    const exec = `exec-${String(++this.#count).padStart(4, "0")}`;
    this.supervisor.execute(exec, code, session, assetDir);
    return exec;
  }

  /** Runs a cell to its end. */
  async run(code: string, assetDir: string | null = null, session = this.#session) {
    const exec = this.start(code, assetDir, session);
    const done = await this.supervisor.done(exec);
    return { ...done, exec, events: this.supervisor.events(exec) };
  }

  /** The first event of that name, once it has come. */
  hears(exec: string, event: string) {
    return this.supervisor.until(() => this.supervisor.events(exec).find((heard) => heard.event === event));
  }

  /** What the session's kernel answers to a question about live objects. */
  async ask(op: string, fields: Record<string, unknown>, session = this.#session): Promise<Record<string, unknown>> {
    const id = `question-${++this.#count}`;
    const language = session.split(":").length === 3 ? session.split(":")[1] : "python";
    this.supervisor.write(`${JSON.stringify({ id, op, session, language, ...fields })}\n`);
    const reply = await this.supervisor.reply(id);
    if (reply.type !== "reply" || !reply.ok) throw new Error(JSON.stringify(reply));
    return reply.result as Record<string, unknown>;
  }
}
