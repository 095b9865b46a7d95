/**
 * An open document: its Y.Doc, the journal that every change goes through, and the file that it is written back to.
 *
 * Order is everything here. A change is on disk in the journal before anybody is told that it is saved; what the server itself
 * changes is there before anybody sees it; the file is written only with text that the journal has; and an outside change of
 * the file becomes a change of the document like any other.
 */
import { EventEmitter } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { Fault } from "../../../../shared/daemon/fault.ts";
import type { TextChange } from "../../../../shared/document/changes.ts";
import { mergeChanges } from "../../../../shared/document/merge.ts";
import { CLOSE, MAX_DOCUMENT_BYTES, RUNS, TEXT } from "../../../../shared/editor/sync.ts";
import { Comments } from "../comments/comments.ts";
import { replaceDurably } from "../files/durable.ts";
import { atRest, describe, type FileState, locate, looksLike, stateOf } from "../files/project.ts";
import { decodeText, encodeText, type TextFormat } from "../files/text.ts";
import { type Origin, PROGRAM } from "../history/by.ts";
import { History } from "../history/history.ts";
import { Journal } from "../journal/journal.ts";
import type { Bases } from "./bases.ts";
import { type DocumentId, StateFolder } from "./state-folder.ts";

/** From a change to the file: within a second, with room for a slow disk. */
const SAVE_AFTER_MS = 400;
const RETRY_SAVE_MS = 3_000;
/** One that is written to all the time is taken as it was read last. */
const READS = 5;
/** Whoever has a document opened asks for it at once. */
const KEEP_WHOLE_MS = 1_000;

/** What the Y.Doc says of its file: which text of it was taken in last (StateFolder.readCommon). */
const FILE = "file";
const TAKEN = "taken";

export interface Places {
  readonly projects: string;
  readonly journals: string;
}

interface Events {
  /** Changes to show, and the connections that they came from. */
  change: [update: Uint8Array, origins: ReadonlySet<unknown>];
  saved: [];
  /** The document can't go on: whoever holds it lets go. It can be opened anew, if there is still a file. */
  end: [code: number];
}

/** What a document is made of once it is read. */
interface Parts {
  readonly id: DocumentId;
  readonly file: string;
  readonly state: StateFolder;
  readonly doc: Y.Doc;
  readonly journal: Journal;
  readonly common: string;
  readonly bases: Bases;
  readonly format: TextFormat;
  readonly comments: Comments;
  readonly history: History;
  /** All of `doc` in one update, if that is what the journal had. */
  readonly whole: Uint8Array | null;
}

export class LiveDocument {
  readonly id: DocumentId;
  readonly lineage: string;
  readonly doc: Y.Doc;
  readonly text: Y.Text;
  readonly runs: Y.Map<unknown>;
  readonly comments: Comments;
  readonly history: History;
  /** Who is here and where; never stored. */
  readonly awareness: Awareness;
  readonly events = new EventEmitter<Events>().setMaxListeners(0);

  readonly #file: string;
  readonly #state: StateFolder;
  readonly #journal: Journal;
  #common: string;
  readonly #bases: Bases;
  /** What was taken from the file into the document, as long as the state folder doesn't say so. */
  #unconfirmed: string | null = null;
  #format: TextFormat;
  /** The file's signature when it was last read or written; "" makes it be read. */
  #seen = "";
  #missed = false;
  /** Whether the text may differ from what document and file last had in common: to compare them costs a copy of the text. */
  #mayDiffer = true;
  /** What clients changed since the last time that others were shown it. */
  readonly #shared: Uint8Array[] = [];
  readonly #sharers = new Set<unknown>();
  /** What the server changed, until it is on disk. */
  readonly #own: Uint8Array[] = [];
  #publishing = false;
  /** All of the document as it was read, for the first who asks: putting it together takes as long as sending it. */
  #whole: Uint8Array | null;
  #saveTimer: NodeJS.Timeout | null = null;
  /** Reading and writing the file happen one after the other. */
  #turn: Promise<void> = Promise.resolve();
  #ended = false;
  /** Somebody took the file away. */
  #gone = false;

  private constructor({ id, file, state, doc, journal, common, bases, format, comments, history, whole }: Parts) {
    this.id = id;
    this.lineage = state.lineage;
    this.doc = doc;
    this.text = doc.getText(TEXT);
    this.runs = doc.getMap(RUNS);
    this.comments = comments;
    this.history = history;
    this.awareness = new Awareness(doc);
    this.awareness.setLocalState(null);
    this.#file = file;
    this.#state = state;
    this.#journal = journal;
    this.#common = common;
    this.#bases = bases;
    this.#format = format;
    this.#whole = whole;
    setTimeout(() => this.#forgetWhole(), KEEP_WHOLE_MS).unref();
    doc.on("update", (update: Uint8Array, origin: Origin | null) => {
      this.#forgetWhole();
      journal.append(update);
      if (origin?.isKeptElsewhere) this.#share(update, origin);
      else void this.#publishOwn(update);
    });
    this.text.observe(() => {
      this.#mayDiffer = true;
      this.#saveSoon(SAVE_AFTER_MS);
    });
  }

  /**
   * Opens a document that exists. Throws Fault("not_found" | "invalid" | "too_large").
   * @param bases what stood in its file while it was open before
   */
  static async load(places: Places, id: DocumentId, bases: Bases): Promise<LiveDocument> {
    const file = await locate(join(places.projects, id.projectId), id.path);
    const { text, format } = await readText(file, id.path);
    const state = await StateFolder.open(places.journals, id, text);
    const wasOpen = await state.markOpen();
    const doc = new Y.Doc();
    const comments = await Comments.open(state.path, doc.getText(TEXT));
    let whole: Uint8Array | null = null;
    const replay = (updates: Uint8Array[]) => {
      // In one transaction: each on its own would be tidied up after, thousands of times.
      doc.transact(() => updates.forEach((update) => void Y.applyUpdate(doc, update)));
      if (updates.length === 1) [whole = null] = updates;
    };
    const journal = await Journal.open(state.path, replay, sumOf(doc));
    const history = await History.open(state.path, doc.getText(TEXT), wasOpen);
    const common = await state.readCommon(text, doc.getMap(FILE).get(TAKEN));
    const parts = { id, file, state, doc, journal, common, bases, format, comments, history, whole };
    const document = new LiveDocument(parts);
    try {
      await document.check();
      if (document.#gone) throw new Fault("not_found", `there is no document ${id.path}`);
      if (document.#ended) throw new Error("the journal can't be written");
    } catch (error) {
      // Nobody holds it, and the next one to ask gets another: two of them must not write one journal.
      document.#ended = true;
      await document.close();
      throw error;
    }
    return document;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Resolves when every change so far is on disk, and whose it is. Rejects if the disk refuses. */
  async durable(): Promise<void> {
    await this.#journal.durable();
    await this.history.noted;
  }

  /** What somebody lacks who has what the state vector says. Throws if it is none. */
  missing(vector: Uint8Array): Uint8Array {
    const whole = this.#whole;
    this.#forgetWhole();
    return whole && hasNothing(vector) ? whole : Y.encodeStateAsUpdate(this.doc, vector);
  }

  #forgetWhole(): void {
    this.#whole = null;
  }

  /** Changes the text by offsets of how it is now. @param origin null is output of a cell */
  change(changes: readonly TextChange[], origin: Origin | null = null): void {
    this.doc.transact(() => {
      for (const { from, to, insert } of changes.toReversed()) {
        if (to > from) this.text.delete(from, to - from);
        if (insert !== "") this.text.insert(from, insert);
      }
    }, origin);
  }

  /** Looks at the file: takes in what others did to it, writes what it lacks. */
  check(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#ended) return;
      const state = await stateOf(this.#file);
      if (!state) {
        // Some programs replace a file by removing it first: gone is what is gone twice.
        if (this.#missed) this.#end(CLOSE.notFound);
        this.#missed = true;
        return;
      }
      this.#missed = false;
      if (state.signature !== this.#seen) await this.#takeIn(state);
      if (this.#mayDiffer && !this.#saveTimer) this.#saveSoon(SAVE_AFTER_MS);
    });
  }

  /** Writes the file now, if it differs. */
  save(): Promise<void> {
    return this.#inTurn(() => this.#save());
  }

  /**
   * Ends it here, with all that was typed until now in its file. What is typed in this very moment is in the journal, and goes into
   * the file when that is opened again, wherever it stands then.
   */
  leave(code: typeof CLOSE.moved | typeof CLOSE.notFound): Promise<void> {
    return this.#inTurn(async () => {
      await this.#save();
      this.#end(code);
    });
  }

  /**
   * Lets `act` put another file in the place of this one, which has all that was typed until now. The document goes on with what
   * the other one says; what is typed in this very moment stays.
   */
  replace(act: () => void): Promise<void> {
    return this.#inTurn(async () => {
      await this.#save();
      act();
      const state = this.#ended ? null : await stateOf(this.#file);
      // Whoever replaces means to: it is not merged with what stood there some time before.
      if (state) await this.#takeIn(state, () => this.#common);
    });
  }

  /**
   * Lets go of everything. The file is written first if it can be. Resolves with whether it has all that was typed, or is
   * gone, and the last version is kept.
   */
  async close(): Promise<boolean> {
    let isKept = false;
    try {
      if (!this.#ended) await this.save();
    } finally {
      this.#ended = true;
      if (this.#saveTimer) clearTimeout(this.#saveTimer);
      await this.#turn;
      await this.comments.close();
      isKept = await this.history.close();
      this.#bases.add(this.#common);
      this.awareness.destroy();
      await this.#journal.close();
      this.doc.destroy();
    }
    return isKept && (this.#gone || this.text.toString() === this.#common);
  }

  /**
   * Shows everybody what a client changed, together with what else arrives at the same time. It need not be on disk: if it is
   * lost here, the client has it still, and so has everybody who saw it.
   */
  #share(update: Uint8Array, origin: unknown): void {
    this.#shared.push(update);
    this.#sharers.add(origin);
    if (this.#shared.length === 1) setImmediate(() => this.#showShared());
    this.#journal.durable().catch((error: unknown) => this.#fail(error));
  }

  #showShared(): void {
    const origins = new Set(this.#sharers);
    this.#sharers.clear();
    this.events.emit("change", merged(this.#shared.splice(0)), origins);
  }

  /** A change of the server's own that somebody saw and a crash undid would be made once more, and stand there twice. */
  async #publishOwn(update: Uint8Array): Promise<void> {
    this.#own.push(update);
    if (this.#publishing) return;
    this.#publishing = true;
    try {
      while (this.#own.length > 0) {
        const batch = this.#own.splice(0);
        await this.#journal.durable();
        this.events.emit("change", merged(batch), new Set());
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#publishing = false;
    }
  }

  #fail(error: unknown): void {
    if (this.#ended) return;
    console.error(`${this.id.path}: the journal can't be written:`, error);
    this.#end(CLOSE.cannotSave);
  }

  #saveSoon(afterMs: number): void {
    if (this.#ended) return;
    this.#saveTimer ??= setTimeout(() => {
      this.#saveTimer = null;
      this.save().catch((error: unknown) => {
        // The journal has it all; the file follows as soon as it can be written.
        console.error(`${this.id.path} can't be written yet:`, error);
        this.#saveSoon(RETRY_SAVE_MS);
      });
    }, afterMs);
  }

  async #save(): Promise<void> {
    if (this.#ended) return;
    await this.#confirmTaken();
    const state = await stateOf(this.#file);
    // A file that was moved or removed is not brought back by what was being typed: check() will see it.
    if (!state) return;
    if (state.signature !== this.#seen) await this.#takeIn(state);
    const text = this.text.toString();
    this.#mayDiffer = text !== this.#common;
    // The same characters, and those of a document that nobody has changed yet are its own: it isn't held twice.
    if (!this.#mayDiffer) this.#common = text;
    if (this.#ended || !this.#mayDiffer) return;
    await this.durable();
    await this.#state.writeNext(text);
    // If anything fails from here on, it is open which of the two stands in the file.
    this.#bases.add(text);
    const written = await replaceDurably(this.#file, encodeText(text, this.#format), state.mode, () =>
      looksLike(this.#file, this.#seen),
    );
    // Somebody was quicker: theirs is taken in first.
    if (!written) return this.#saveSoon(SAVE_AFTER_MS);
    this.#bases.add(this.#common);
    this.#common = text;
    this.#seen = describe(written).signature;
    this.events.emit("saved");
    await this.#state.confirmNext();
  }

  /** Merges what stands in the file. `baseOf` says which text its writer began with. */
  async #takeIn(changed: FileState, baseOf = (found: string) => this.#bases.of(found, this.#common)): Promise<void> {
    await this.#confirmTaken();
    let state = this.#seen === "" ? changed : await atRest(this.#file, changed);
    let found: Found | null = null;
    for (let reads = 1; state; reads++) {
      found = await readText(this.#file, this.id.path).catch((error: unknown) => {
        if (error instanceof Fault) return null;
        throw error;
      });
      if (reads === READS || looksLike(this.#file, state.signature)) break;
      // Somebody wrote to it in the meantime: it may have been read while it was empty.
      state = await atRest(this.#file, state);
    }
    if (!state) return;
    // No text any more: what stands there now is somebody's, and not to be written over.
    if (!found) return this.#end(CLOSE.notFound);
    this.#format = found.format;
    if (found.text !== this.#common) {
      const taken = await this.#state.writeTaken(found.text);
      const changes = mergeChanges(baseOf(found.text), this.text.toString(), found.text);
      // One record of the journal: after a crash, either both are there or none.
      this.doc.transact(() => {
        this.change(changes);
        this.doc.getMap(FILE).set(TAKEN, taken);
      }, PROGRAM);
      await this.durable();
      this.#bases.add(this.#common);
      this.#common = found.text;
      this.#mayDiffer = true;
      this.#unconfirmed = found.text;
    }
    this.#seen = state.signature;
    await this.#confirmTaken();
  }

  /** Comes before anything else that is kept of the file; a disk that is full for a while can delay it. */
  async #confirmTaken(): Promise<void> {
    if (this.#unconfirmed === null) return;
    await this.#state.confirmTaken(this.#unconfirmed);
    this.#unconfirmed = null;
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(act);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  #end(code: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#gone = code === CLOSE.notFound;
    this.events.emit("end", code);
  }
}

/** Made here, where it holds nothing else: a function that is kept keeps all that stands around it. */
function sumOf(doc: Y.Doc): () => Uint8Array {
  return () => Y.encodeStateAsUpdate(doc);
}

function hasNothing(vector: Uint8Array): boolean {
  return vector.length === 1 && vector[0] === 0;
}

function merged(updates: Uint8Array[]): Uint8Array {
  const [only] = updates;
  return only && updates.length === 1 ? only : Y.mergeUpdates(updates);
}

interface Found {
  readonly text: string;
  readonly format: TextFormat;
}

async function readText(file: string, path: string): Promise<Found> {
  const state = await stateOf(file);
  if (!state) throw new Fault("not_found", `there is no document ${path}`);
  if (state.bytes > MAX_DOCUMENT_BYTES) {
    throw new Fault("too_large", `${path} has ${state.bytes} bytes; the editor opens ${MAX_DOCUMENT_BYTES}`);
  }
  return decodeText(await readFile(file), path);
}
