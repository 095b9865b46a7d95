/** A container that the platform needs all the time: started, watched, started again when it dies, stopped in order. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../../shared/daemon/fault.ts";
import { Backoff } from "./backoff.ts";
import { podman, podmanAttempt, removeContainer } from "./podman.ts";
import { say } from "./progress.ts";

const WATCH_MS = 500;
const PROBE_MS = 50;

export interface ContainerDescription {
  /** For the person: "the base server". */
  readonly what: string;
  readonly name: string;
  readonly image: string;
  readonly options: readonly string[];
  readonly command: readonly string[];
  /** Names and values that must not stand in an argument list, which everybody can read. */
  readonly environment: Readonly<Record<string, string>>;
  /** What an orderly end may take before it is cut short. */
  readonly stopSeconds: number;
  /** Folder for its log and the number of its monitor's process. */
  readonly folder: string;
}

export class WatchedContainer {
  readonly #is: ContainerDescription;
  readonly #restarts = new Backoff();
  /** The process that holds the container; it ends with it. */
  #monitor = 0;
  #timer: NodeJS.Timeout | null = null;
  #stopping = false;

  constructor(description: ContainerDescription) {
    this.#is = description;
  }

  async start(): Promise<void> {
    const { name, image, options, command, environment, folder } = this.#is;
    const monitorFile = join(folder, `${name}.pid`);
    const logFile = this.#logFile;
    await removeContainer(name);
    await podman(
      [
        ...["run", "--detach", "--name", name, "--conmon-pidfile", monitorFile],
        ...["--log-driver", "k8s-file", "--log-opt", `path=${logFile}`, "--log-opt", "max-size=20mb"],
        ...Object.keys(environment).flatMap((variable) => ["--env", variable]),
        ...options,
        image,
        ...command,
      ],
      { env: environment },
    );
    this.#restarts.began();
    this.#monitor = Number(await readFile(monitorFile, "utf8"));
  }

  /**
   * Waits until `probe` succeeds, and from then on starts the container again whenever it dies.
   * Throws Fault("unavailable") with the last line of its log if it ends before that, or after `timeoutMs`.
   */
  async ready(probe: () => Promise<void>, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!(await succeeds(probe))) {
      if (Date.now() > deadline || !isAlive(this.#monitor)) {
        throw new Fault("unavailable", `${this.#is.what} did not get ready: ${await this.#lastLine()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
    }
    this.#watch();
  }

  /** Stops the container in order and removes it. */
  async stop(): Promise<void> {
    const { name, stopSeconds } = this.#is;
    this.#stopping = true;
    if (this.#timer) clearTimeout(this.#timer);
    await podmanAttempt(["stop", "--ignore", "--time", String(stopSeconds), name]);
    await removeContainer(name);
  }

  get #logFile(): string {
    return join(this.#is.folder, `${this.#is.name}.log`);
  }

  async #lastLine(): Promise<string> {
    const log = await readFile(this.#logFile, "utf8").catch(() => "");
    // k8s-file: time, stream, F or P, then the text.
    return log.trim().split("\n").at(-1)?.split(" ").slice(3).join(" ") || "it said nothing";
  }

  /** Podman's own `wait` polls with a process of its own; asking the kernel about the monitor costs nothing. */
  #watch(): void {
    this.#timer = setTimeout(() => {
      if (isAlive(this.#monitor)) return this.#watch();
      say(`${this.#is.what} ended; starting it again`);
      this.#timer = setTimeout(() => this.#restart(), this.#restarts.pauseMs());
    }, WATCH_MS);
  }

  #restart(): void {
    this.start()
      .catch((error: Error) => say(`${this.#is.what}: ${error.message}`))
      .finally(() => {
        if (!this.#stopping) this.#watch();
      });
  }
}

async function succeeds(probe: () => Promise<void>): Promise<boolean> {
  try {
    await probe();
    return true;
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
