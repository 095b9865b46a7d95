/**
 * One run of one cell, from the queue to its last event. What it is at stands in the document's ledger, so that another
 * editor server can go on with it: it sends the same id again, and reads all events from the first.
 */
import { EventEmitter } from "node:events";
import { Fault } from "../../../../shared/daemon/fault.ts";
import type { Cell } from "../../../../shared/document/cells.ts";
import { type Output, replaceOutput } from "../../../../shared/document/output.ts";
import { isOpen, type Run } from "../../../../shared/editor/run-state.ts";
import type { ExecutionEvent } from "../../../../shared/mrp/mrp.ts";
import { type Daemon, DaemonUnreachable } from "../daemon/daemon.ts";
import { patiently } from "../daemon/patience.ts";
import type { Held } from "../document/documents.ts";
import { findAnchored } from "./anchor.ts";
import { isForsaken, writeRun } from "./ledger.ts";
import type { RunSettings } from "./settings.ts";
import { Transcript } from "./transcript.ts";
import { writeWholeOutput } from "./whole-output.ts";

/**
 * The text of the document follows the output: each change is journaled and goes to everybody. So it does at this pace
 * (milliseconds), and slower while there is much to write, so that a cell that prints for hours adds some MB, not GB.
 */
const PAINT_MS = { least: 150, most: 5_000 } as const;
const PAINT_BYTES_PER_MS = 20;

interface Events {
  event: [event: ExecutionEvent];
  status: [status: Run["status"]];
  /** It was let be before its end. */
  left: [];
}

export class CellRun {
  readonly events = new EventEmitter<Events>();
  readonly #held: Held;
  readonly #daemon: Daemon;
  readonly #settings: RunSettings;
  readonly #projectFolder: string;
  readonly #transcript: Transcript;
  readonly #stopped = new AbortController();
  #run: Run;
  #painting: NodeJS.Timeout | null = null;
  #paintMs: number = PAINT_MS.least;

  /** @param projectFolder where the project's files are */
  constructor(run: Run, held: Held, daemon: Daemon, settings: RunSettings, projectFolder: string) {
    this.#run = run;
    this.#held = held;
    this.#daemon = daemon;
    this.#settings = settings;
    this.#projectFolder = projectFolder;
    this.#transcript = new Transcript(held.document.id.path);
    held.document.events.once("end", () => this.stop());
  }

  get run(): Run {
    return this.#run;
  }

  /** True from the moment that somebody else may go on with it. */
  get isLetBe(): boolean {
    return this.#stopped.signal.aborted;
  }

  get documentId() {
    return this.#held.document.id;
  }

  /** The cell as it stands now, or null if it was deleted. */
  cell(generated: string): Cell | null {
    return findAnchored(this.#held.document.text, this.#run.anchor, generated);
  }

  /** Runs the cell to its end, then lets go of the document. Never rejects. */
  async perform(): Promise<void> {
    try {
      if (this.#run.status === "queued" && isForsaken(this.#held.document, this.#run)) this.cancel();
      if (isOpen(this.#run)) await this.#submit();
      if (isOpen(this.#run)) await this.#follow();
    } catch (error) {
      if (!this.#stopped.signal.aborted) await this.#fail(error);
    } finally {
      if (this.#painting) clearTimeout(this.#painting);
      this.#held.release();
      if (isOpen(this.#run)) this.events.emit("left");
    }
  }

  /** Takes it from the queue. False if the runtime has it already: then it takes an interrupt to end it. */
  cancel(): boolean {
    if (this.#run.status !== "queued") return false;
    this.#update({ status: "cancelled", code: null });
    this.#stopped.abort();
    return true;
  }

  /** Lets it be; whoever loads the document next goes on with it. */
  stop(): void {
    this.#stopped.abort();
  }

  async #submit(): Promise<void> {
    const { code, session, execId } = this.#run;
    if (code === null) return;
    const { projectId, path } = this.documentId;
    await this.#held.document.durable();
    await patiently(this.#stopped.signal, () =>
      this.#daemon.submit(projectId, {
        code,
        session,
        execId,
        storeHistory: true,
        silent: false,
        assetDir: this.#settings.assetDir,
        cellId: null,
        cellMeta: { document: path },
      }),
    );
    this.#update({ status: "running", code: null });
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopped;
    let after = 0;
    while (isOpen(this.#run)) {
      await patiently(signal, async () => {
        for await (const event of this.#daemon.events(this.documentId.projectId, this.#run.execId, after, signal)) {
          if (event.seq <= after) continue;
          after = event.seq;
          await this.#take(event);
          if (event.event === "done") return;
        }
        throw new DaemonUnreachable("the events ended before the execution did");
      });
    }
    await this.#held.document.durable();
  }

  async #take(event: ExecutionEvent): Promise<void> {
    this.#transcript.take(event);
    // Whoever goes on with it reads its events from the first: it did not begin anew.
    if (event.event === "start")
      this.#update({ executionCount: event.data.executionCount, startedAt: this.#run.startedAt ?? Date.now() });
    if (event.event === "stdin_request") this.#update({ input: event.data });
    else if (this.#run.input && event.event !== "done") this.#update({ input: null });
    this.events.emit("event", event);
    if (event.event === "done") this.#finish(event.data.status, null, await this.#wholeOutput(), event.data.duration);
    else this.#painting ??= setTimeout(() => this.#paint(), this.#paintMs);
  }

  async #fail(error: unknown): Promise<void> {
    const reason =
      error instanceof Fault && error.code === "not_found" && this.#run.code === null
        ? "the runtime was lost while the cell ran"
        : error instanceof Fault
          ? error.message
          : "the editor server failed; its log says why";
    if (!(error instanceof Fault)) console.error(`run ${this.#run.execId}:`, error);
    this.#finish("failed", reason);
    await this.#held.document.durable().catch(() => undefined);
  }

  /** The output in the end, with a file for what the document has no room for. */
  async #wholeOutput(): Promise<Output> {
    const { output, whole, linked } = this.#transcript.ended();
    if (whole === null) return output;
    try {
      return linked(await writeWholeOutput(this.#projectFolder, this.#settings.assetDir, whole));
    } catch (error) {
      console.error(`run ${this.#run.execId}: its whole output can't be written:`, error);
      return {
        ...output,
        text: output.text.replace("all of it is in the file below", "they could not be written to a file"),
      };
    }
  }

  /** Output and status change together: nobody sees the one without the other, not even after a crash. */
  #finish(
    status: "completed" | "failed" | "cancelled",
    problem: string | null,
    output = this.#transcript.output(),
    durationMs: number | null = null,
  ): void {
    this.#held.document.doc.transact(() => {
      this.#update({ status, problem, durationMs, code: null, input: null });
      this.#paint(problem, output);
    });
  }

  #paint(problem: string | null = null, { text, assets } = this.#transcript.output()): void {
    if (this.#painting) clearTimeout(this.#painting);
    this.#painting = null;
    const { document } = this.#held;
    if (document.ended) return;
    const cell = findAnchored(document.text, this.#run.anchor, this.#settings.generated);
    // The cell was deleted: its output is nobody's, and goes into nobody's text.
    if (!cell) return;
    if (text === "" && assets.length === 0 && isOpen(this.#run) && problem === null && !this.#run.input) return;
    const said = problem === null ? text : `${text === "" || text.endsWith("\n") ? text : `${text}\n`}${problem}\n`;
    const changes = replaceOutput(document.text.toString(), cell, { text: said, assets });
    const written = changes.reduce((sum, { insert }) => sum + insert.length, 0);
    this.#paintMs = Math.min(PAINT_MS.most, Math.max(PAINT_MS.least, written / PAINT_BYTES_PER_MS));
    document.change(changes);
  }

  #update(change: Partial<Run>): void {
    if (this.#held.document.ended) return;
    const before = this.#run.status;
    this.#run = { ...this.#run, ...change };
    writeRun(this.#held.document, this.#run);
    if (this.#run.status !== before) this.events.emit("status", this.#run.status);
  }
}
