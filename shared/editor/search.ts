/**
 * Search in the texts of a project, and replacing what was found. GET /search of the editor server answers in lines of JSON, as it
 * finds; POST /replace changes documents as they are at that moment, and POST /undo-replace takes back what /replace answered.
 */
import * as z from "zod";
import { ProjectPath } from "../daemon/contract.ts";
import { Anchor } from "./anchor.ts";
import { SEARCH_LIMITS } from "./search-limits.ts";
import { MAX_DOCUMENT_BYTES } from "./sync.ts";

export const SearchQuery = z.object({
  words: z.string().min(1).max(1_000),
  /** A regular expression of JavaScript with its flag u; `^` and `$` mean lines. */
  isExpression: z.boolean(),
  matchesCase: z.boolean(),
  wholeWords: z.boolean(),
  /** Null: nothing is to be replaced. With an expression, `$1`, `$&` and `$<name>` are what was found, `\n` and `\t` a line break and a tab. */
  replacement: z.string().max(10_000).nullable(),
});
export type SearchQuery = z.infer<typeof SearchQuery>;

/** UTF-16 offsets in the text. What is shown of it is cut where it is long. */
export const Match = z.object({
  from: z.int(),
  to: z.int(),
  /** Counted from 1. */
  line: z.int(),
  before: z.string(),
  text: z.string(),
  after: z.string(),
  /** What it would become; null if nothing is to be replaced. */
  insert: z.string().nullable(),
});
export type Match = z.infer<typeof Match>;

export const SearchLine = z.discriminatedUnion("type", [
  /** `count`: how many matches it has; the first ones are told. */
  z.object({ type: z.literal("document"), path: z.string(), count: z.int(), matches: z.array(Match) }),
  /** `many`: there are more. `slow`: it took too long, in the document `at` if that is known, and was ended. */
  z.object({ type: z.literal("end"), why: z.enum(["done", "many", "slow"]), at: z.string().nullable() }),
]);
export type SearchLine = z.infer<typeof SearchLine>;

export const ReplaceRequest = z.object({
  query: SearchQuery.extend({ replacement: z.string().max(10_000) }),
  /** With how many matches each was seen: where there are others by now, nothing is changed. */
  documents: z.array(z.object({ path: ProjectPath, expected: z.int().min(1) })).max(SEARCH_LIMITS.documents),
});
export type ReplaceRequest = z.infer<typeof ReplaceRequest>;

/** What was put somewhere, and what had stood there. */
const Change = z.object({
  anchor: Anchor,
  was: z.string().max(MAX_DOCUMENT_BYTES),
  is: z.string().max(MAX_DOCUMENT_BYTES),
});
export type ReplacedPlace = z.infer<typeof Change>;

const ReplacedDocument = z.object({
  path: ProjectPath,
  /** Of the document's history: in another one the anchors mean nothing. */
  lineage: z.uuid(),
  places: z.array(Change).max(SEARCH_LIMITS.places),
});
export type ReplacedDocument = z.infer<typeof ReplacedDocument>;

const LeftDocument = z.object({ path: ProjectPath, why: z.string() });
export type LeftDocument = z.infer<typeof LeftDocument>;

export const Replaced = z.object({
  documents: z.array(ReplacedDocument),
  /** Those that were left as they are. */
  left: z.array(LeftDocument),
});
export type Replaced = z.infer<typeof Replaced>;

export const UndoReplaceRequest = z.object({ documents: z.array(ReplacedDocument).max(SEARCH_LIMITS.documents) });

export const Undone = z.object({
  /** Places that are again as they were; and those that had changed since, and are left. */
  undone: z.int(),
  left: z.int(),
});
export type Undone = z.infer<typeof Undone>;
