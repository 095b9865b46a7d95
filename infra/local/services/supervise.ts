/** The parent's side of a service process: starts it, starts it again when it crashes, stops it with all it started. */
import { type ChildProcess, fork } from "node:child_process";
import { Fault } from "../../../shared/daemon/fault.ts";
import { Backoff } from "../backoff.ts";
import { say } from "../progress.ts";
import { ChildMessage } from "./child.ts";

const STOP_MS = 5_000;

export interface ServiceDescription {
  /** For the person: "the edge". */
  readonly name: string;
  /** The program, run by this Node; it calls `serve`. */
  readonly entry: string;
  readonly settings: object;
  /** For libraries that are set up by variables alone. */
  readonly environment?: Readonly<Record<string, string>>;
}

type State =
  | { readonly is: "running"; readonly child: ChildProcess }
  | { readonly is: "pausing"; readonly timer: NodeJS.Timeout }
  | { readonly is: "stopped" };

export class SupervisedService {
  readonly #description: ServiceDescription;
  /** Told the process group of each new child, so that a later start can clear what a killed one left. */
  readonly #onChild: (pid: number) => void;
  #state: State = { is: "stopped" };
  readonly #restarts = new Backoff();

  constructor(description: ServiceDescription, onChild: (pid: number) => void) {
    this.#description = description;
    this.#onChild = onChild;
  }

  /** Resolves when the service is ready for the first time. Throws Fault("unavailable") with its reason if it can't be. */
  async start(): Promise<void> {
    const child = this.#spawn();
    await ready(child, this.#description.name);
    this.#watch(child);
  }

  async stop(): Promise<void> {
    const state = this.#state;
    this.#state = { is: "stopped" };
    if (state.is === "pausing") clearTimeout(state.timer);
    if (state.is !== "running") return;
    const { child } = state;
    if (child.exitCode === null && child.signalCode === null) {
      const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      await gone;
      clearTimeout(timer);
    }
    killGroup(child);
  }

  #spawn(): ChildProcess {
    const { entry, settings, environment } = this.#description;
    // A group of its own: Ctrl-C in the terminal must not end it before its turn, and it can be killed with its children.
    const child = fork(entry, {
      detached: true,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      env: { ...process.env, ...environment },
    });
    child.send(settings);
    if (child.pid) this.#onChild(child.pid);
    this.#restarts.began();
    this.#state = { is: "running", child };
    return child;
  }

  #watch(child: ChildProcess): void {
    child.once("exit", () => this.#crashed(child));
    if (child.exitCode !== null || child.signalCode !== null) this.#crashed(child);
  }

  #crashed(child: ChildProcess): void {
    killGroup(child);
    if (this.#state.is !== "running" || this.#state.child !== child) return;
    const how = child.signalCode ?? `status ${child.exitCode}`;
    say(`${this.#description.name} ended (${how}); starting it again`);
    const timer = setTimeout(() => this.#restart(), this.#restarts.pauseMs());
    this.#state = { is: "pausing", timer };
  }

  #restart(): void {
    const child = this.#spawn();
    this.#watch(child);
    ready(child, this.#description.name).then(
      () => say(`${this.#description.name} is back`),
      () => {},
    );
  }
}

function ready(child: ChildProcess, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("message", (message) => {
      const told = ChildMessage.parse(message);
      if (told.type === "ready") resolve();
      else reject(new Fault("unavailable", `${name}: ${told.message}`));
    });
    child.once("error", reject);
    child.once("exit", (status, signal) =>
      reject(new Fault("unavailable", `${name} ended before it was ready (${signal ?? status})`)),
    );
  });
}

/** What the child started itself (workerd) has no other parent to end it. */
function killGroup(child: ChildProcess): void {
  if (!child.pid) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // Nothing of the group is left.
  }
}
