/**
 * One search, in a process of its own (worker.ts) that is asked about one text after the other. A thread would start sooner, and
 * leave 25 MB behind in the memory of the server, which is idle most of the time; a process leaves nothing.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Fault } from "../../../../shared/daemon/fault.ts";
import type { TextChange } from "../../../../shared/document/changes.ts";
import type { SearchQuery } from "../../../../shared/editor/search.ts";
import { patternOf } from "./places.ts";
import type { Answered, Asked } from "./worker.ts";

/** For the process to start: a tenth of a second, where nothing else is to be done. */
const START_MS = 10_000;
/** For one text of at most 5 MB. Plain words take a few hundredths of it. */
const PATIENCE_MS = 2_000;
/** MB: a text, its matches, and what a search leaves lying about. */
const LIMITS = ["--max-old-space-size=64", "--max-semi-space-size=4"];
/** Bundled, it stands beside the server (infra/build.ts). */
const WORKER = new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./search.mjs", import.meta.url);

/** Thrown when a text takes too long, or more memory than there is. */
export class TooSlow extends Error {}

export class Searcher {
  readonly #worker: ChildProcess;
  readonly #failed = new AbortController();
  readonly #started: Promise<unknown>;

  /** Throws Fault("invalid") if the query has an expression that is none. */
  constructor(query: SearchQuery) {
    check(query);
    this.#worker = fork(fileURLToPath(WORKER), [JSON.stringify(query)], {
      execArgv: LIMITS,
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#worker.once("error", () => this.#failed.abort());
    this.#worker.once("exit", () => this.#failed.abort());
    this.#started = this.#said(START_MS);
    // Perhaps nobody asks.
    this.#started.catch(() => {});
  }

  /** Throws TooSlow. */
  async find(text: string | { readonly file: string }): Promise<Answered["found"]> {
    return (await this.#ask({ find: text })).found;
  }

  /** Null: there is more than can be replaced at once. Throws as find does. */
  async changes(text: string): Promise<readonly TextChange[] | null> {
    return (await this.#ask({ change: text })).changes ?? null;
  }

  end(): void {
    this.#worker.kill("SIGKILL");
  }

  async #ask(asked: Asked): Promise<Answered> {
    await this.#started;
    // What can't be sent is told by the process that has ended.
    this.#worker.send(asked, () => {});
    return this.#said(PATIENCE_MS);
  }

  async #said(patienceMs: number): Promise<Answered> {
    const signal = AbortSignal.any([AbortSignal.timeout(patienceMs), this.#failed.signal]);
    try {
      const [answered] = (await once(this.#worker, "message", { signal })) as [Answered];
      return answered;
    } catch {
      throw new TooSlow();
    }
  }
}

function check(query: SearchQuery): void {
  try {
    patternOf({ ...query, wholeWords: false });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split(": ").at(-1) ?? "") : "";
    throw new Fault("invalid", `this is not a regular expression: ${reason}`);
  }
}
