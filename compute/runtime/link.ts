/**
 * The line between daemon and supervisor: requests go to the container's stdin, what it says comes from its log.
 * A request is sent again until it is acknowledged, because a restart or a move may lose what was written and not yet read.
 */
import { randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";
import { Fault, type FaultCode } from "../../shared/daemon/fault.ts";
import { parseLine, type SupervisorLine, type SupervisorRequest } from "../../shared/runtime/wire.ts";
import { linesOf } from "../agent/container-log.ts";
import type { HostAgent } from "../agent/host-agent.ts";

const RESEND_MS = 3_000;
const REPLY_MS = 10_000;

/** `Omit` that keeps a union a union. */
type Unsent<T> = T extends unknown ? Omit<T, "id"> : never;

export type TerminalLine = Extract<SupervisorLine, { type: "terminal" | "terminal_end" }>;

interface LinkEvents {
  terminal: [line: TerminalLine];
  close: [];
}

export interface LinkSink {
  /** Takes lines and the log offset behind them in one transaction. Lines that don't parse have been dropped. */
  take(lines: SupervisorLine[], offset: number): void;
  /** Lines of executions that no acknowledgement is known for, to be sent when the link opens and from time to time. */
  unacknowledged(): string[];
}

export class RuntimeLink {
  readonly events = new EventEmitter<LinkEvents>().setMaxListeners(0);
  readonly #agent: HostAgent;
  readonly #runtimeId: string;
  readonly #sink: LinkSink;
  readonly #closing = new AbortController();
  readonly #waiting = new Map<string, { line: string; settle: (result: unknown, error: Error | null) => void }>();
  #stdin: Promise<Duplex> | null = null;
  #resend: NodeJS.Timeout | null = null;

  constructor(agent: HostAgent, runtimeId: string, sink: LinkSink) {
    this.#agent = agent;
    this.#runtimeId = runtimeId;
    this.#sink = sink;
  }

  /** Starts to follow the log from `offset` and sends what is not acknowledged. */
  async open(offset: number): Promise<void> {
    const log = await this.#agent.runtimeLog(this.#runtimeId, offset, this.#closing.signal);
    this.#follow(log, offset).catch((error: unknown) => {
      if (this.#closing.signal.aborted) return;
      console.error(`runtime ${this.#runtimeId}: its log can't be followed:`, error);
      this.close();
    });
    this.#resend = setInterval(() => this.#sendUnacknowledged(), RESEND_MS);
    this.#sendUnacknowledged();
  }

  async #follow(log: AsyncIterable<Buffer>, from: number): Promise<void> {
    for await (const { lines, offset } of linesOf(log, from)) {
      if (this.closed) return;
      this.#take(lines, offset);
    }
    throw new Error("it ended");
  }

  /** Sends an execution that the journal holds. No answer is awaited: its events come by the log. */
  submit(line: string): void {
    this.#write(line);
  }

  /** Sends what needs no answer, once: what is typed into a terminal must not be typed twice. */
  tell(request: Unsent<SupervisorRequest>): void {
    this.#write(JSON.stringify({ id: randomUUID(), ...request }));
  }

  /** Sends a request and resolves with what the supervisor answers. Throws Fault, also when it does not within `patienceMs`. */
  async ask(request: Unsent<SupervisorRequest>, patienceMs = REPLY_MS): Promise<unknown> {
    const id = randomUUID();
    const line = JSON.stringify({ id, ...request });
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { line, settle: (result, error) => (error ? reject(error) : resolve(result)) });
    });
    this.#write(line);
    try {
      return await withTimeout(answer, patienceMs, "the runtime did not answer in time");
    } finally {
      this.#waiting.delete(id);
    }
  }

  close(): void {
    this.#closing.abort();
    if (this.#resend) clearInterval(this.#resend);
    this.#stdin?.then((stdin) => stdin.destroy()).catch(() => {});
    for (const { settle } of this.#waiting.values()) settle(null, new Fault("unavailable", "the runtime went away"));
    this.events.emit("close");
  }

  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  #take(texts: string[], offset: number): void {
    const lines = parseLines(this.#runtimeId, texts);
    this.#sink.take(lines, offset);
    for (const line of lines) {
      if (line.type === "terminal" || line.type === "terminal_end") this.events.emit("terminal", line);
      if (line.type === "reply") {
        const error = line.ok ? null : faultOf(line.error);
        this.#waiting.get(line.id)?.settle(line.result, error);
      }
      if (line.type === "refused" && line.id)
        this.#waiting.get(line.id)?.settle(null, new Fault("invalid", line.message));
    }
  }

  #sendUnacknowledged(): void {
    for (const line of this.#sink.unacknowledged()) this.#write(line);
    for (const { line } of this.#waiting.values()) this.#write(line);
  }

  #write(line: string): void {
    this.#stdin ??= this.#connect();
    this.#stdin
      .then((stdin) => stdin.write(`${line}\n`))
      .catch((error: unknown) => {
        // The next round of resending connects again.
        this.#stdin = null;
        if (!this.closed) console.error(`runtime ${this.#runtimeId}: its stdin can't be reached: ${error}`);
      });
  }

  async #connect(): Promise<Duplex> {
    const stdin = await this.#agent.runtimeStdin(this.#runtimeId);
    stdin.on("error", () => stdin.destroy());
    stdin.on("close", () => {
      this.#stdin = null;
    });
    stdin.resume();
    if (this.closed) stdin.destroy();
    return stdin;
  }
}

const FAULTS: Readonly<Record<string, FaultCode>> = { not_found: "not_found", busy: "conflict", conflict: "conflict" };

function faultOf(error: { code: string; message: string } | undefined): Fault {
  return new Fault(FAULTS[error?.code ?? ""] ?? "invalid", error?.message ?? "the runtime refused");
}

/** The messages among a container's lines. What is none is dropped and said: user code may have found the supervisor's stdout. */
export function parseLines(runtimeId: string, texts: readonly string[]): SupervisorLine[] {
  const lines: SupervisorLine[] = [];
  for (const text of texts) {
    const line = parseLine(text);
    if (line) lines.push(line);
    else console.error(`runtime ${runtimeId}: a line that is no message was dropped: ${text.slice(0, 200)}`);
  }
  return lines;
}

function withTimeout<T>(promise: Promise<T>, ms: number, message: string): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Fault("unavailable", message)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
