/**
 * What a browser keeps of a document: rows of Yjs updates, each of one lineage (shared/editor/sync.ts), and the steps that
 * change them. Pure: a shelf (shelf.ts) does each step wholly or not at all, whatever other tabs do meanwhile.
 */
import * as Y from "yjs";
import type { TextChange } from "../../../../shared/document/changes.ts";
import { diffLines } from "../../../../shared/document/diff.ts";
import { mergeChanges } from "../../../../shared/document/merge.ts";
import { TEXT } from "../../../../shared/editor/sync.ts";

export interface Row {
  readonly lineage: string;
  /** Never changes; what becomes of it is another row. */
  readonly update: Uint8Array;
  /** The server has it. False for what was typed here and is not acknowledged. */
  readonly isSaved: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface KeptRow extends Row {
  readonly id: number;
}

export interface Kept {
  /** The one that the server named last; null if it refused it since, or never named one. */
  readonly lineage: string | null;
  readonly rows: readonly KeptRow[];
}

export interface Change {
  readonly lineage?: string | null;
  readonly add?: readonly Row[];
  readonly remove?: readonly number[];
}

/** Another tab may still write on a lineage that has ended, and what it writes builds on this. */
const KEEP_BASE_MS = 7 * 86_400_000;

/** @param updates in the order in which they came */
export function rowsOf(lineage: string, updates: readonly Pick<Row, "update" | "isSaved">[], at: number): Row[] {
  return [true, false].flatMap((isSaved) => {
    const some = updates.filter((each) => each.isSaved === isSaved).map(({ update }) => update);
    return some.length === 0 ? [] : [{ lineage, update: merged(some), isSaved, at }];
  });
}

/** The server has all of `rows`. Those that another tab has acknowledged are not among them any more. */
export function acknowledge(rows: readonly KeptRow[], at: number): Change {
  const unsaved = rows.filter(({ isSaved }) => !isSaved);
  const [first] = unsaved;
  if (!first) return {};
  const update = merged(unsaved.map((row) => row.update));
  return { add: [{ lineage: first.lineage, update, isSaved: true, at }], remove: idsOf(unsaved) };
}

/** Makes one row of those that are saved, without what was deleted since; those that are not keep their ids. */
export function tidy({ rows }: Kept, lineage: string, at: number): Change {
  const saved = rows.filter((row) => row.lineage === lineage && row.isSaved);
  if (saved.length < 2) return {};
  return {
    add: [{ lineage, update: Y.encodeStateAsUpdate(documentOf(saved)), isSaved: true, at }],
    remove: idsOf(saved),
  };
}

/** As tidy, and makes one row of those that are not saved, too: for a tab that opens the document and knows no ids yet. */
export function tidyAll(kept: Kept, lineage: string, at: number): Change {
  const unsaved = kept.rows.filter((row) => row.lineage === lineage && !row.isSaved);
  const { add = [], remove = [] } = tidy(kept, lineage, at);
  if (unsaved.length < 2) return { add, remove };
  const update = merged(unsaved.map((row) => row.update));
  return {
    add: [...add, { lineage, update, isSaved: false, at }],
    remove: [...remove, ...idsOf(unsaved)],
  };
}

export interface Rescue {
  readonly change: Change;
  /** What the document of the new lineage gets, as the last row that is added: an edit like any other. */
  readonly update: Uint8Array | null;
  /** What can't be taken over; null if that is nothing. */
  readonly left: string | null;
}

/**
 * Takes what was typed on other lineages and never saved to `lineage`, merged with the text as it is there. Those lineages
 * stay as saved for a while, so that a tab which still writes on one of them has something to compare with.
 * @param current the document of `lineage`, as an update
 */
export function rescue(kept: Kept, lineage: string, current: Uint8Array, at: number): Rescue {
  const target = new Y.Doc();
  Y.applyUpdate(target, current);
  const edits: Uint8Array[] = [];
  target.on("update", (update: Uint8Array) => edits.push(update));
  const add: Row[] = [];
  const remove: number[] = [];
  for (const other of othersIn(kept, lineage)) {
    if (other.hasGaps) continue;
    if (other.isSaved) {
      if (other.newest < at - KEEP_BASE_MS) remove.push(...other.ids);
      continue;
    }
    change(target, mergeChanges(other.before, textOf(target), other.after));
    add.push({ lineage: other.lineage, update: other.whole, isSaved: true, at });
    remove.push(...other.ids);
  }
  const left = unmerged({ lineage, rows: kept.rows.filter(({ id }) => !remove.includes(id)) }, lineage);
  if (edits.length === 0) return { change: { add, remove }, update: null, left };
  const update = merged(edits);
  return { change: { add: [...add, { lineage, update, isSaved: false, at }], remove }, update, left };
}

/** The passages that were typed on other lineages, are not saved, and are not to be merged; null if there are none. */
export function unmerged(kept: Kept, lineage: string): string | null {
  const passages = othersIn(kept, lineage).flatMap(({ isSaved, hasGaps, before, after }) => {
    if (isSaved) return [];
    return hasGaps ? [after] : diffLines(before, after).map(({ insert }) => insert);
  });
  const text = passages.filter((passage) => passage.trim() !== "").join("\n");
  return text === "" ? null : text;
}

/** Ids of what was typed on other lineages and is not saved. */
export function unsavedElsewhere({ rows }: Kept, lineage: string): number[] {
  return idsOf(rows.filter((row) => row.lineage !== lineage && !row.isSaved));
}

interface Other {
  readonly lineage: string;
  readonly ids: readonly number[];
  readonly newest: number;
  readonly isSaved: boolean;
  /** What it builds on is missing, so that nobody can tell what was typed. */
  readonly hasGaps: boolean;
  readonly whole: Uint8Array;
  readonly before: string;
  readonly after: string;
}

function othersIn({ rows }: Kept, lineage: string): Other[] {
  const lineages = new Set(rows.map((row) => row.lineage).filter((other) => other !== lineage));
  return [...lineages].map((other) => {
    const group = rows.filter((row) => row.lineage === other);
    const document = documentOf(group);
    return {
      lineage: other,
      ids: idsOf(group),
      newest: Math.max(...group.map(({ at }) => at)),
      isSaved: group.every(({ isSaved }) => isSaved),
      hasGaps: document.store.pendingStructs !== null,
      whole: Y.encodeStateAsUpdate(document),
      before: textOf(documentOf(group.filter(({ isSaved }) => isSaved))),
      after: textOf(document),
    };
  });
}

function documentOf(rows: readonly Row[]): Y.Doc {
  const document = new Y.Doc();
  document.transact(() => {
    for (const { update } of rows) Y.applyUpdate(document, update);
  });
  return document;
}

function change(document: Y.Doc, changes: readonly TextChange[]): void {
  const text = document.getText(TEXT);
  document.transact(() => {
    for (const { from, to, insert } of changes.toReversed()) {
      if (to > from) text.delete(from, to - from);
      if (insert !== "") text.insert(from, insert);
    }
  });
}

const textOf = (document: Y.Doc) => document.getText(TEXT).toString();
const idsOf = (rows: readonly KeptRow[]) => rows.map(({ id }) => id);

function merged(updates: readonly Uint8Array[]): Uint8Array {
  const [only] = updates;
  return only && updates.length === 1 ? only : Y.mergeUpdates([...updates]);
}
