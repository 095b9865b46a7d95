/** Runs cells: those that people ask for, and those that an earlier editor server had begun. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { Fault } from "../../../../shared/daemon/fault.ts";
import { type Cell, findCells, kernelLanguage } from "../../../../shared/document/cells.ts";
import { isOpen, type Run } from "../../../../shared/editor/run-state.ts";
import { sessionId } from "../../../../shared/mrp/mrp.ts";
import type { Daemon } from "../daemon/daemon.ts";
import type { LiveDocument } from "../document/document.ts";
import type { Documents, Held } from "../document/documents.ts";
import type { DocumentId } from "../document/state-folder.ts";
import { anchorOf, findAnchored } from "./anchor.ts";
import { CellRun } from "./cell-run.ts";
import { readRuns, writeRun } from "./ledger.ts";
import { type RunSettings, readRunSettings } from "./settings.ts";

/** A cell that was asked for, and its run. */
export interface Asked {
  readonly cell: Cell;
  readonly running: CellRun;
}

export class Runner {
  readonly #documents: Documents;
  readonly #daemon: Daemon;
  readonly #projects: string;
  readonly #active = new Map<string, CellRun>();
  /** The last run of each session: runs of a session go one after the other, whichever document they come from. */
  readonly #sessions = new Map<string, Promise<void>>();

  constructor(documents: Documents, daemon: Daemon, projects: string) {
    this.#documents = documents;
    this.#daemon = daemon;
    this.#projects = projects;
    documents.events.on("loaded", (document) => void this.#resume(document));
  }

  /**
   * Queues cell `number`, or all cells that a kernel can run. Resolves when the request is on disk: from then on it
   * happens, whoever goes away. Throws Fault("not_found" | "invalid").
   */
  async start(id: DocumentId, number: number | null): Promise<readonly Asked[]> {
    const settings = await this.#settingsOf(id);
    const held = await this.#documents.hold(id);
    try {
      const { document } = held;
      const cells = pick(findCells(document.text.toString(), settings.generated), id.path, number);
      const now = Date.now();
      const runs = cells.map((cell, i) => newRun(id, document, cell, settings, now + i / 1_000_000));
      document.doc.transact(() => {
        forgetFinished(document, cells, settings);
        for (const run of runs) writeRun(document, run);
      });
      await document.durable();
      const asked: Asked[] = [];
      for (const [i, cell] of cells.entries()) {
        const run = runs[i];
        if (run) asked.push({ cell, running: this.#enqueue(run, await this.#documents.hold(id), settings) });
      }
      return asked;
    } finally {
      held.release();
    }
  }

  /** Ends what runs in the document and takes the rest from the queue. */
  async interrupt({ projectId, path }: DocumentId): Promise<void> {
    const running = new Set<string>();
    for (const active of this.#active.values()) {
      const { documentId, run } = active;
      if (documentId.projectId !== projectId || documentId.path !== path) continue;
      if (!active.cancel()) running.add(run.session);
    }
    for (const session of running) await this.#daemon.interrupt(projectId, session);
  }

  stop(): void {
    for (const active of this.#active.values()) active.stop();
  }

  async #resume(document: LiveDocument): Promise<void> {
    const open = readRuns(document).filter((run) => isOpen(run) && !this.#active.has(run.execId));
    if (open.length === 0) return;
    const settings = await this.#settingsOf(document.id);
    for (const run of open) {
      const held = await this.#documents.hold(document.id);
      if (this.#active.has(run.execId)) held.release();
      else this.#enqueue(run, held, settings);
    }
  }

  #enqueue(run: Run, held: Held, settings: RunSettings): CellRun {
    const running = new CellRun(run, held, this.#daemon, settings, join(this.#projects, held.document.id.projectId));
    this.#active.set(run.execId, running);
    const before = this.#sessions.get(run.session) ?? Promise.resolve();
    const after = before
      .then(() => running.perform())
      .finally(() => {
        this.#active.delete(run.execId);
        if (this.#sessions.get(run.session) === after) this.#sessions.delete(run.session);
      });
    this.#sessions.set(run.session, after);
    return running;
  }

  #settingsOf({ projectId }: DocumentId): Promise<RunSettings> {
    return readRunSettings(join(this.#projects, projectId));
  }
}

/** Throws Fault("invalid" | "not_found") for a cell that can't be run. */
function pick(cells: readonly Cell[], path: string, number: number | null): Cell[] {
  const open = cells.find((cell) => !cell.fence.closed);
  if (open) {
    const where = `${path}:${open.line}`;
    throw new Fault("invalid", `${where}: the cell has no closing fence, so its output has no place`, where);
  }
  if (number === null) return cells.filter((cell) => kernelLanguage(cell) !== null);
  const cell = cells[number - 1];
  if (!cell) throw new Fault("not_found", `${path} has ${cells.length} cells; there is no cell ${number}`);
  if (kernelLanguage(cell) === null) {
    const where = `${path}:${cell.line}`;
    throw new Fault("invalid", `${where}: cells in ${cell.language} can't be run yet`, where);
  }
  return [cell];
}

function newRun(id: DocumentId, document: LiveDocument, cell: Cell, settings: RunSettings, order: number): Run {
  const language = kernelLanguage(cell);
  if (language === null) throw new Fault("invalid", `cells in ${cell.language} can't be run yet`);
  const session = cell.session ?? settings.defaultSession(language);
  return {
    execId: randomUUID(),
    order,
    anchor: anchorOf(document.text, cell),
    session: sessionId(id.projectId, language, session),
    language,
    status: "queued",
    code: cell.fence.text,
    input: null,
    problem: null,
  };
}

/** A document keeps the last run of each cell, for its status. */
function forgetFinished(document: LiveDocument, cells: readonly Cell[], { generated }: RunSettings): void {
  const again = new Set(cells.map((cell) => cell.fence.from));
  for (const run of readRuns(document)) {
    if (isOpen(run)) continue;
    const cell = findAnchored(document.text, run.anchor, generated);
    if (!cell || again.has(cell.fence.from)) document.runs.delete(run.execId);
  }
}
