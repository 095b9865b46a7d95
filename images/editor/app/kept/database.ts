/**
 * The browser's database of kept documents. Everything in it is keyed by the person first, so that nobody is shown what
 * somebody else has typed in the same browser.
 *
 *   documents   by [person, project, path]: the lineage that the server named last, and when the document was looked at last
 *   rows        by id: a row of a document (rows.ts). `owed` is its document once more, if it is not saved: by this index one
 *               knows who is owed what without reading it
 */
import * as z from "zod";
import { DATABASE } from "./names.ts";
import type { KeptRow, Row } from "./rows.ts";
import type { Act, DocumentName, Shelf } from "./shelf.ts";

/** Some browsers never answer. The document doesn't wait for them. */
const PATIENCE_MS = 2_000;
/** A copy that is saved is deleted when nobody has looked at it for so long … */
const KEEP_MS = 30 * 86_400_000;
/** … or when so many others were looked at since. */
const KEEP_DOCUMENTS = 100;

type Key = [user: string, project: string, path: string];

const Described = z.object({ lineage: z.string().nullable(), touched: z.number() });
// Schemas for keys and bytes would be the only ones of their kind in the first load, which has the library.
const Rows = z.array(
  z.object({ id: z.number(), lineage: z.string(), update: z.unknown(), isSaved: z.boolean(), at: z.number() }),
);

interface Stores {
  readonly documents: IDBObjectStore;
  readonly rows: IDBObjectStore;
}

/** Rejects where the browser has no database, or lets nobody use it. */
export function openDatabase(): Promise<Database> {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("the browser's database does not answer")), PATIENCE_MS);
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("documents");
      const rows = opening.result.createObjectStore("rows", { keyPath: "id", autoIncrement: true });
      rows.createIndex("document", "document");
      rows.createIndex("owed", "owed");
    };
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => resolve(new Database(opening.result));
  });
}

export class Database implements Shelf {
  readonly isLasting = true;
  readonly #database: IDBDatabase;

  constructor(database: IDBDatabase) {
    this.#database = database;
    // The person signs out, perhaps in another tab: nothing is kept from here on, and each step rejects.
    database.onversionchange = () => database.close();
  }

  change(document: DocumentName, which: readonly number[] | "all", act: Act): Promise<number[]> {
    const key = keyOf(document);
    return this.#step(async ({ documents, rows }) => {
      const described: unknown = await answer(documents.get(key));
      const found =
        which === "all"
          ? await answer(rows.index("document").getAll(key))
          : await Promise.all(which.map((id) => answer(rows.get(id))));
      const current = described === undefined ? null : Described.parse(described).lineage;
      const seen = rowsOf(found.filter((row: unknown) => row !== undefined));
      const { add = [], remove = [], lineage } = act({ lineage: current, rows: seen });
      for (const id of remove) rows.delete(id);
      if (lineage !== undefined) documents.put({ lineage, touched: Date.now() }, key);
      const added = await Promise.all(add.map((row) => answer(rows.add(storedOf(row, key)))));
      return z.array(z.number()).parse(added);
    });
  }

  /** The person's documents that have something which the server may not have. */
  async owed(user: string): Promise<DocumentName[]> {
    const keys = await this.#step(({ rows }) => keysIn(rows.index("owed")));
    return keys.filter(([whose]) => whose === user).map(([, project, path]) => ({ user, project, path }));
  }

  /** Deletes all copies of the person's documents in projects other than these. */
  keepOnly(user: string, projects: readonly string[]): Promise<void> {
    return this.#step(async (stores) => {
      for (const [key] of await describedIn(stores))
        if (key[0] === user && !projects.includes(key[1])) await remove(stores, key);
    });
  }

  /** Deletes what is saved and old, and what is saved and somebody else's, who was here before. */
  prune(user: string): Promise<void> {
    return this.#step(async (stores) => {
      const owed = new Set((await keysIn(stores.rows.index("owed"))).map((key) => JSON.stringify(key)));
      const latest = (await describedIn(stores)).toSorted(([, a], [, b]) => b - a);
      for (const [at, [key, touched]] of latest.entries()) {
        const isWanted = key[0] === user && touched > Date.now() - KEEP_MS && at < KEEP_DOCUMENTS;
        if (!isWanted && !owed.has(JSON.stringify(key))) await remove(stores, key);
      }
    });
  }

  /** `act` may wait for requests of the transaction, and for nothing else: with the last of them, it is over. */
  #step<T>(act: (stores: Stores) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction(["documents", "rows"], "readwrite");
      const stores = { documents: transaction.objectStore("documents"), rows: transaction.objectStore("rows") };
      const acting = act(stores);
      transaction.oncomplete = () => resolve(acting);
      transaction.onabort = () => reject(transaction.error ?? new Error("the browser's database gave up"));
      acting.catch((error: unknown) => {
        reject(error);
        transaction.abort();
      });
    });
  }
}

function rowsOf(found: readonly unknown[]): KeptRow[] {
  return Rows.parse(found).map(({ update, ...row }) => {
    if (!(update instanceof Uint8Array)) throw new Error("a kept row has no update");
    return { ...row, update };
  });
}

function readKey(key: unknown): Key {
  const [user = "", project = "", path = ""] = z.array(z.string()).parse(key);
  return [user, project, path];
}

const keyOf = ({ user, project, path }: DocumentName): Key => [user, project, path];

const storedOf = (row: Row, key: Key) => ({ ...row, document: key, ...(row.isSaved ? {} : { owed: key }) });

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Each document that anything is kept of, with when it was looked at last: also of what came after it was deleted. */
async function describedIn({ documents, rows }: Stores): Promise<(readonly [Key, number])[]> {
  const keys = (await answer(documents.getAllKeys())).map(readKey);
  const described = z.array(Described).parse(await answer(documents.getAll()));
  const known = new Set(keys.map((key) => JSON.stringify(key)));
  const stray = (await keysIn(rows.index("document"))).filter((key) => !known.has(JSON.stringify(key)));
  return [
    ...keys.map((key, at) => [key, described[at]?.touched ?? 0] as const),
    ...stray.map((key) => [key, 0] as const),
  ];
}

/** Each document of an index once, by keys alone. */
function keysIn(index: IDBIndex): Promise<Key[]> {
  const found: Key[] = [];
  const walk = index.openKeyCursor(null, "nextunique");
  return new Promise((resolve, reject) => {
    walk.onerror = () => reject(walk.error);
    walk.onsuccess = () => {
      const cursor = walk.result;
      if (!cursor) return resolve(found);
      found.push(readKey(cursor.key));
      cursor.continue();
    };
  });
}

async function remove({ documents, rows }: Stores, key: Key): Promise<void> {
  documents.delete(key);
  for (const id of await answer(rows.index("document").getAllKeys(key))) rows.delete(id);
}
