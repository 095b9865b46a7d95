/** Runs cells: those that people ask for, and those that an earlier editor server had begun. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { Fault } from "../../../../shared/daemon/fault.ts";
import { type Cell, findCells, isOfPage, kernelLanguage } from "../../../../shared/document/cells.ts";
import { anchorOf } from "../../../../shared/editor/anchor.ts";
import { CellSettings } from "../../../../shared/editor/cell-settings.ts";
import type { RunRequest } from "../../../../shared/editor/run-lines.ts";
import { isOpen, type Run } from "../../../../shared/editor/run-state.ts";
import { digestOf, stalenessOf } from "../../../../shared/editor/stale.ts";
import { LANGUAGES, type Language, sessionId } from "../../../../shared/mrp/mrp.ts";
import type { Daemon } from "../daemon/daemon.ts";
import type { LiveDocument } from "../document/document.ts";
import type { Documents, Held } from "../document/documents.ts";
import type { DocumentId } from "../document/state-folder.ts";
import { cellAmong } from "./anchor.ts";
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

  #lastOrder = 0;

  constructor(documents: Documents, daemon: Daemon, projects: string) {
    this.#documents = documents;
    this.#daemon = daemon;
    this.#projects = projects;
    documents.events.on("loaded", (document) => void this.#resume(document));
  }

  /**
   * Queues the cells that are asked for. Resolves when the request is on disk: from then on it happens, whoever goes away.
   * Throws Fault("not_found" | "invalid").
   */
  async start(projectId: string, asked: RunRequest): Promise<readonly Asked[]> {
    const id = { projectId, path: asked.path };
    const settings = await this.#settingsOf(id.projectId);
    const held = await this.#documents.hold(id);
    try {
      const { document } = held;
      const all = findCells(document.text.toString(), settings.generated);
      const sessionOf = (cell: Cell) => sessionFor(cell, projectId, settings, asked.session);
      const cells = pick(all, asked, () => staleCells(document, all, sessionOf));
      const request = randomUUID();
      const last = readRuns(document).at(-1)?.order ?? 0;
      const runs = cells.map((cell) => ({
        ...newRun(document, cell, sessionOf(cell)),
        request,
        keepGoing: asked.keepGoing,
        order: this.#nextOrder(last),
      }));
      document.doc.transact(() => {
        forgetFinished(document, all, cells);
        for (const run of runs) writeRun(document, run);
      });
      await document.durable();
      const queued: Asked[] = [];
      for (const [i, cell] of cells.entries()) {
        const run = runs[i];
        if (run) queued.push({ cell, running: this.#enqueue(run, await this.#documents.hold(id), settings) });
      }
      return queued;
    } finally {
      held.release();
    }
  }

  /** Takes from the queue what waits there: the cell's run, or all of the document. Returns what runs already. */
  async cancel(id: DocumentId, cell: number | null): Promise<CellRun[]> {
    const running: CellRun[] = [];
    for (const active of await this.#activeAt(id, cell)) if (!active.cancel()) running.push(active);
    return running;
  }

  /** As `cancel`, and ends what runs. */
  async interrupt(id: DocumentId, cell: number | null): Promise<void> {
    const sessions = new Set((await this.cancel(id, cell)).map(({ run }) => run.session));
    for (const session of sessions) await this.#daemon.interrupt(id.projectId, session);
  }

  /**
   * Ends the processes of the sessions that the document's cells run in, or that `cell` does; what waits for them, in any
   * document, is taken from the queue. Throws Fault("not_found").
   */
  async restart(id: DocumentId, cell: number | null): Promise<void> {
    const settings = await this.#settingsOf(id.projectId);
    const held = await this.#documents.hold(id);
    try {
      const { document } = held;
      const cells = findCells(document.text.toString(), settings.generated);
      const meant = cell === null ? cells : [cellNumber(cells, id.path, cell)];
      const sessions = new Set(
        meant.filter(kernelLanguage).map((each) => sessionFor(each, id.projectId, settings, null)),
      );
      for (const active of this.#active.values()) if (sessions.has(active.run.session)) active.cancel();
      for (const session of sessions) await this.#daemon.reset(id.projectId, session);
      // What ran in them has left no variable: its cells are stale.
      document.doc.transact(() => {
        for (const run of readRuns(document))
          if (sessions.has(run.session) && !isOpen(run)) document.runs.delete(run.execId);
      });
    } finally {
      held.release();
    }
  }

  /** What a browser has to know to tell how the project's cells run. */
  async settings(projectId: string): Promise<CellSettings> {
    const { generated, defaultSession } = await this.#settingsOf(projectId);
    const sessions = Object.fromEntries(LANGUAGES.map((language) => [language, defaultSession(language)]));
    return CellSettings.parse({ generated, sessions });
  }

  async #activeAt({ projectId, path }: DocumentId, number: number | null): Promise<CellRun[]> {
    const here = [...this.#active.values()].filter(
      ({ documentId }) => documentId.projectId === projectId && documentId.path === path,
    );
    if (number === null) return here;
    const settings = await this.#settingsOf(projectId);
    return here.filter((active) => active.cell(settings.generated)?.number === number);
  }

  /**
   * Milliseconds since the epoch, each beyond the one before by more than a number of that size rounds away.
   * @param last the document's last one: an earlier server can have had a clock that was ahead
   */
  #nextOrder(last: number): number {
    this.#lastOrder = Math.max(Date.now(), last + 0.001, this.#lastOrder + 0.001);
    return this.#lastOrder;
  }

  stop(): void {
    for (const active of this.#active.values()) active.stop();
  }

  async #resume(document: LiveDocument): Promise<void> {
    const open = readRuns(document).filter((run) => isOpen(run) && !this.#isFollowed(run.execId));
    if (open.length === 0) return;
    const settings = await this.#settingsOf(document.id.projectId);
    for (const run of open) {
      const held = await this.#documents.hold(document.id);
      if (this.#isFollowed(run.execId)) held.release();
      else this.#enqueue(run, held, settings);
    }
  }

  /** A run of a document that has ended here is let be, whether or not it has noticed: another one goes on with it. */
  #isFollowed(execId: string): boolean {
    return this.#active.get(execId)?.isLetBe === false;
  }

  #enqueue(run: Run, held: Held, settings: RunSettings): CellRun {
    const running = new CellRun(run, held, this.#daemon, settings, join(this.#projects, held.document.id.projectId));
    this.#active.set(run.execId, running);
    const before = this.#sessions.get(run.session) ?? Promise.resolve();
    const after = before
      .then(() => running.perform())
      .finally(() => {
        if (this.#active.get(run.execId) === running) this.#active.delete(run.execId);
        if (this.#sessions.get(run.session) === after) this.#sessions.delete(run.session);
      });
    this.#sessions.set(run.session, after);
    return running;
  }

  #settingsOf(projectId: string): Promise<RunSettings> {
    return readRunSettings(join(this.#projects, projectId));
  }
}

/** Throws Fault("invalid" | "not_found") for cells that can't be run. */
function pick(cells: readonly Cell[], { path, cell: number, which }: RunRequest, stale: () => Cell[]): Cell[] {
  const open = cells.find((cell) => !cell.fence.closed);
  if (open) {
    const where = `${path}:${open.line}`;
    throw new Fault("invalid", `${where}: the cell has no closing fence, so its output has no place`, where);
  }
  const runnable = cells.filter((cell) => kernelLanguage(cell) !== null);
  if (which === "stale") return stale();
  if (number === null) return runnable;
  const named = cellNumber(cells, path, number);
  if (which === "above") return runnable.filter((cell) => cell.number < number);
  if (which === "below") return runnable.filter((cell) => cell.number >= number);
  if (kernelLanguage(named) !== null) return [named];
  const where = `${path}:${named.line}`;
  const why = isOfPage(named)
    ? `cells in ${named.language} are run by the page; \`js server\` is run by the runtime`
    : `cells in ${named.language} can't be run`;
  throw new Fault("invalid", `${where}: ${why}`, where);
}

function cellNumber(cells: readonly Cell[], path: string, number: number): Cell {
  const cell = cells[number - 1];
  if (!cell) throw new Fault("not_found", `${path} has ${cells.length} cells; there is no cell ${number}`);
  return cell;
}

function staleCells(document: LiveDocument, all: readonly Cell[], sessionOf: (cell: Cell) => string): Cell[] {
  const last = lastRuns(document, all);
  const cells = all.filter((cell) => kernelLanguage(cell) !== null);
  const stale = stalenessOf(
    cells.map((cell) => ({
      digest: digestOf(cell.fence.text),
      session: sessionOf(cell),
      run: last.get(cell) ?? null,
    })),
  );
  return cells.filter((_, i) => stale[i] !== null);
}

/** Full name of the session that runs the cell, which is one that a kernel runs. `instead` of its own, if given. */
function sessionFor(cell: Cell, projectId: string, settings: RunSettings, instead: string | null): string {
  const language = languageOf(cell);
  return sessionId(projectId, language, instead ?? cell.session ?? settings.defaultSession(language));
}

function languageOf(cell: Cell): Language {
  const language = kernelLanguage(cell);
  if (language === null) throw new Error(`no kernel runs ${cell.language}`);
  return language;
}

function newRun(document: LiveDocument, cell: Cell, session: string) {
  return {
    execId: randomUUID(),
    anchor: anchorOf(document.text, cell.fence),
    session,
    language: languageOf(cell),
    status: "queued",
    code: cell.fence.text,
    digest: digestOf(cell.fence.text),
    executionCount: null,
    startedAt: null,
    durationMs: null,
    input: null,
    problem: null,
  } as const;
}

/** The newest run of each cell that has one. */
function lastRuns(document: LiveDocument, cells: readonly Cell[]): Map<Cell, Run> {
  const last = new Map<Cell, Run>();
  for (const run of readRuns(document)) {
    const cell = cellAmong(cells, document.text, run.anchor);
    if (cell) last.set(cell, run);
  }
  return last;
}

/** A document keeps the last run of each cell, for its status. */
function forgetFinished(document: LiveDocument, all: readonly Cell[], again: readonly Cell[]): void {
  for (const run of readRuns(document)) {
    if (isOpen(run)) continue;
    const cell = cellAmong(all, document.text, run.anchor);
    if (!cell || again.includes(cell)) document.runs.delete(run.execId);
  }
}
