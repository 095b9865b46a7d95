/** Replacing in one document, and taking that back: as edits of what stands there at that moment. */
import { applyChanges, type TextChange } from "../../../../shared/document/changes.ts";
import { anchorOf, offsetOf, passageOf } from "../../../../shared/editor/anchor.ts";
import type { ReplacedPlace } from "../../../../shared/editor/search.ts";
import { MAX_DOCUMENT_BYTES } from "../../../../shared/editor/sync.ts";
import type { LiveDocument } from "../document/document.ts";
import type { Origin } from "../history/by.ts";
import type { Searcher } from "./searcher.ts";

/** How often it is looked again when somebody has typed while it was searched. */
const TRIES = 10;

export interface Replacing {
  readonly searcher: Searcher;
  /** How many places the person saw. */
  readonly expected: number;
  readonly origin: Origin;
  /** How many places may be changed. */
  readonly room: number;
}

/** Resolves, when they are on disk, with the places; or with why there are none. Throws TooSlow. */
export async function replaceIn(
  document: LiveDocument,
  { searcher, expected, origin, room }: Replacing,
): Promise<ReplacedPlace[] | string> {
  for (let tries = 0; tries < TRIES; tries++) {
    const text = document.text.toString();
    const changes = await searcher.changes(text);
    if (document.ended) return "it is not there any more";
    // The offsets are of a text that was: nothing is changed by them in another one.
    if (document.text.toString() !== text) continue;
    if (!changes || changes.length > room) return "there are too many places to replace at once";
    if (changes.length !== expected) return "it has changed since";
    if (isTooLarge(applyChanges(text, changes))) return "it would be too large for the editor";
    document.change(changes, origin);
    const places = placed(document, text, changes);
    await document.durable();
    return places;
  }
  return "somebody is typing in it";
}

/** Resolves with how many places are again as they were. */
export async function undoIn(
  document: LiveDocument,
  places: readonly ReplacedPlace[],
  origin: Origin,
): Promise<number> {
  const text = document.text.toString();
  const changes: TextChange[] = [];
  let end = -1;
  for (const change of places
    .flatMap((place) => reverse(document, text, place) ?? [])
    .sort((a, b) => a.from - b.from)) {
    if (change.from < end) continue;
    changes.push(change);
    end = change.to;
  }
  if (changes.length === 0 || isTooLarge(applyChanges(text, changes))) return 0;
  document.change(changes, origin);
  await document.durable();
  return changes.length;
}

/** Null where the text does not have it any more. */
function reverse(document: LiveDocument, text: string, { anchor, was, is }: ReplacedPlace): TextChange | null {
  if (is === "") {
    const at = offsetOf(document.text, anchor.from);
    return at === null ? null : { from: at, to: at, insert: was };
  }
  const passage = passageOf(document.text, anchor);
  return passage && text.slice(passage.from, passage.to) === is ? { ...passage, insert: was } : null;
}

/** Where the changes are now that they are made. */
function placed({ text }: LiveDocument, before: string, changes: readonly TextChange[]): ReplacedPlace[] {
  let moved = 0;
  return changes.map(({ from, to, insert }) => {
    const start = from + moved;
    moved += insert.length - (to - from);
    return {
      anchor: anchorOf(text, { from: start, to: start + insert.length }),
      was: before.slice(from, to),
      is: insert,
    };
  });
}

const isTooLarge = (text: string) => Buffer.byteLength(text) > MAX_DOCUMENT_BYTES;
