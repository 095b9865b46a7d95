/** The open documents: each is loaded once, however many ask, and let go some time after nobody needs it. */
import { EventEmitter } from "node:events";
import { Fault } from "../../../../shared/daemon/fault.ts";
import type { CLOSE } from "../../../../shared/editor/sync.ts";
import { isUnder } from "../../../../shared/fsml/path.ts";
import { Bases } from "./bases.ts";
import { LiveDocument, type Places } from "./document.ts";
import { type DocumentId, StateFolder } from "./state-folder.ts";

const CHECK_MS = 1_000;
/** Time for somebody to come back: a reload, a lost connection. */
const IDLE_MS = 30_000;

/** A document that is held: it stays open until it is let go. */
export interface Held {
  readonly document: LiveDocument;
  release(): void;
}

interface Entry {
  readonly loading: Promise<LiveDocument>;
  holders: number;
  /** By a clock that nobody sets. */
  idleSince: number;
}

export class Documents {
  /** `empty`: the last open document has been let go. */
  readonly events = new EventEmitter<{ loaded: [document: LiveDocument]; saved: [id: DocumentId]; empty: [] }>();
  readonly #places: Places;
  readonly #entries = new Map<string, Entry>();
  /** Documents that are being let go: whoever wants one of them waits, then loads it anew. */
  readonly #closing = new Map<string, Promise<void>>();
  /** Also of documents that were let go a moment ago: a program that has read the file by then may still write it back. */
  readonly #bases = new Map<string, Bases>();
  /** Files and folders that are being moved: whoever wants a document of them waits. */
  readonly #moving = new Set<{ readonly places: readonly DocumentId[]; readonly over: Promise<void> }>();
  readonly #timer: NodeJS.Timeout;
  #looking = false;

  constructor(places: Places) {
    this.#places = places;
    this.#timer = setInterval(() => void this.#lookAfterAll(), CHECK_MS).unref();
  }

  /** Throws Fault("not_found" | "invalid" | "too_large"). */
  async hold(id: DocumentId): Promise<Held> {
    const key = keyOf(id);
    for (;;) {
      const over = this.#movesWith(id) ?? this.#closing.get(key);
      if (!over) break;
      await over;
    }
    const entry = this.#entries.get(key) ?? this.#load(key, id);
    entry.holders++;
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      entry.holders--;
      entry.idleSince = performance.now();
    };
    try {
      return { document: await entry.loading, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  isOpen(id: DocumentId): boolean {
    return this.#entries.has(keyOf(id));
  }

  /** Those of a project that are open. */
  async openIn(projectId: string): Promise<LiveDocument[]> {
    const entries = [...this.#entries].filter(([key]) => key.startsWith(keyOf({ projectId, path: "" })));
    const loaded = await Promise.all(entries.map(([, { loading }]) => loading.catch(() => null)));
    return loaded.filter((document) => document !== null);
  }

  /** Loads what was open when an earlier server ended: that writes the files, and goes on with the runs. */
  async recover(): Promise<void> {
    for (const id of await StateFolder.leftOpen(this.#places.journals)) {
      try {
        (await this.hold(id)).release();
      } catch (error) {
        console.error(`${id.path} was open and can't be opened:`, error instanceof Fault ? error.message : error);
        if (error instanceof Fault) await StateFolder.markClosed(this.#places.journals, id);
      }
    }
  }

  /** Writes the files of open documents, of one or of all in a folder. */
  async saveUnder(place: DocumentId): Promise<void> {
    for (const document of await this.#openUnder(place)) await document.save();
  }

  /**
   * Lets `act` move files and folders or take them away, while nobody has a document of them open. Whoever had is told why by
   * `code`. Resolves with the documents that somebody had.
   */
  async whileClosed(
    places: readonly DocumentId[],
    code: typeof CLOSE.moved | typeof CLOSE.notFound,
    act: () => Promise<void>,
  ): Promise<DocumentId[]> {
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    const moving = { places, over };
    this.#moving.add(moving);
    try {
      const found = await Promise.all(places.map((place) => this.#openUnder(place)));
      // What one thing leaves and another comes to is among the places twice.
      const open = [...new Set(found.flat())];
      await Promise.all(open.map((document) => document.leave(code)));
      await Promise.all(open.map(({ id }) => this.#closing.get(keyOf(id))));
      await act();
      return open.map(({ id }) => id);
    } finally {
      this.#moving.delete(moving);
      end();
    }
  }

  #movesWith(id: DocumentId): Promise<void> | null {
    for (const { places, over } of this.#moving) if (places.some((place) => isOf(id, place))) return over;
    return null;
  }

  /** Lets `act` put another file in the place of one. A document that is open goes on with what that one says. */
  async replace(place: DocumentId, act: () => void): Promise<void> {
    await this.#movesWith(place);
    const [document] = await this.#openUnder(place);
    if (document) await document.replace(act);
    else act();
  }

  async #openUnder(place: DocumentId): Promise<LiveDocument[]> {
    const loading = [...this.#entries.values()].map((entry) => entry.loading.catch(() => null));
    const documents = (await Promise.all(loading)).filter((document) => document !== null);
    return documents.filter(({ id }) => isOf(id, place));
  }

  async closeAll(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#entries].map(([key, entry]) => this.#close(key, entry)));
  }

  #load(key: string, id: DocumentId): Entry {
    const bases = this.#bases.get(key) ?? new Bases();
    this.#bases.set(key, bases);
    const loading = LiveDocument.load(this.#places, id, bases);
    const entry: Entry = { loading, holders: 0, idleSince: performance.now() };
    this.#entries.set(key, entry);
    entry.loading.then(
      (document) => {
        document.events.on("saved", () => this.events.emit("saved", id));
        document.events.on("end", () => void this.#close(key, entry));
        this.events.emit("loaded", document);
      },
      () => this.#entries.delete(key),
    );
    return entry;
  }

  async #lookAfterAll(): Promise<void> {
    // A slow disk must not pile up looks at it.
    if (this.#looking) return;
    this.#looking = true;
    const now = performance.now();
    for (const [key, entry] of this.#entries) {
      const document = await entry.loading.catch(() => null);
      if (!document || this.#entries.get(key) !== entry) continue;
      if (entry.holders === 0 && now - entry.idleSince > IDLE_MS) await this.#close(key, entry);
      else await document.check().catch((error: unknown) => console.error(`${document.id.path}:`, error));
    }
    for (const [key, bases] of this.#bases) {
      const isEmpty = bases.isEmpty;
      if (isEmpty && !this.#entries.has(key) && !this.#closing.has(key)) this.#bases.delete(key);
    }
    this.#looking = false;
  }

  /** From here on the document is nobody's: new holders get another one, once this one's file is written. */
  #close(key: string, entry: Entry): Promise<void> {
    if (this.#entries.get(key) !== entry) return Promise.resolve();
    this.#entries.delete(key);
    const closed = entry.loading
      .then(async (document) => {
        if (await document.close()) await StateFolder.markClosed(this.#places.journals, document.id);
      })
      // What could not be written to the file is in the journal, and the mark that says so stays.
      .catch((error: unknown) => console.error(error))
      .finally(() => {
        this.#closing.delete(key);
        if (this.#entries.size === 0) this.events.emit("empty");
      });
    this.#closing.set(key, closed);
    return closed;
  }
}

function isOf(id: DocumentId, place: DocumentId): boolean {
  return id.projectId === place.projectId && isUnder(id.path, place.path);
}

function keyOf({ projectId, path }: DocumentId): string {
  return `${projectId}\0${path}`;
}
