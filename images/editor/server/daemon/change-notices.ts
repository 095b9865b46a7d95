/** Tells the daemon which files were written, so that it brings published sites up to date. Nothing is forgotten while it is away. */
import type { Daemon } from "./daemon.ts";
import { patiently } from "./patience.ts";

export class ChangeNotices {
  readonly #daemon: Daemon;
  readonly #waiting = new Map<string, Set<string>>();
  readonly #stopped = new AbortController();
  #sending: Promise<void> | null = null;

  constructor(daemon: Daemon) {
    this.#daemon = daemon;
  }

  add(projectId: string, path: string): void {
    const paths = this.#waiting.get(projectId) ?? new Set();
    this.#waiting.set(projectId, paths.add(path));
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null;
    });
  }

  /** Waits for what is being sent; what can't be sent now is given up: the daemon looks at all sites when it starts. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#sending;
  }

  async #sendAll(): Promise<void> {
    for (const [projectId, paths] of this.#waiting) {
      this.#waiting.delete(projectId);
      await patiently(this.#stopped.signal, () => this.#daemon.changed(projectId, [...paths])).catch(
        (error: unknown) => {
          if (!this.#stopped.signal.aborted) console.error(`project ${projectId}: the daemon refused a notice:`, error);
        },
      );
    }
  }
}
