/**
 * Questions about live objects of a session and their answers (formats.md §4). Positions count UTF-16 code units. Answers
 * come from where strangers' code runs, so they are parsed too; what a kernel leaves out becomes null.
 */
import * as z from "zod";
import { SessionId } from "./mrp.ts";

const text = z.string().nullable().default(null);
const count = z.int().min(0).nullable().default(null);
/** `snapshot`: the session was busy, and this is what it knew when it was last idle. */
const source = z.enum(["runtime", "snapshot"]).default("runtime");

const Position = z.object({ code: z.string(), cursor: z.int().min(0), session: SessionId });
export const MAX_PAGE = 200;

/** Of a table's rows: by the values of the column at that position, missing ones last. */
const Sort = z.object({ column: z.int().min(0), descending: z.boolean().default(false) });
export type Sort = z.infer<typeof Sort>;

export const QUESTIONS = {
  complete: Position.extend({ triggerKind: z.string().optional(), triggerCharacter: z.string().optional() }),
  /** `detail`: 0 signature, 1 and documentation, 2 and source. */
  inspect: Position.extend({ detail: z.int().min(0).max(2).default(1) }),
  hover: Position,
  variables: z.object({ session: SessionId }),
  variable: z.object({
    session: SessionId,
    name: z.string().min(1),
    /** Names, keys or indices, from the variable inwards. */
    path: z.array(z.string()).max(100).default([]),
    offset: z.int().min(0).default(0),
    limit: z.int().min(1).max(MAX_PAGE).default(100),
    /** Of a table: the first column of the page, by its position, and how the rows are sorted; null leaves them as they are. */
    column: z.int().min(0).default(0),
    sort: Sort.nullable().default(null),
  }),
  is_complete: z.object({ code: z.string(), session: SessionId }),
  format: z.object({ code: z.string(), session: SessionId }),
} as const;
export type Question = keyof typeof QUESTIONS;

const Match = z.object({
  label: z.string(),
  insertText: text,
  kind: z.string().default("variable"),
  detail: text,
  documentation: text,
  valuePreview: text,
  type: text,
});

export const Variable = z.object({
  name: z.string(),
  type: z.string(),
  value: z.string(),
  /** Bytes, without what it holds. */
  size: count,
  expandable: z.boolean().default(false),
  shape: z.array(z.number()).nullable().default(null),
  dtype: text,
  length: count,
  keys: z.array(z.string()).nullable().default(null),
});
export type Variable = z.infer<typeof Variable>;

const Table = z.object({
  columns: z.array(z.object({ name: z.string(), dtype: text })),
  index: z.array(z.string()),
  rows: z.array(z.array(z.string().nullable())),
  /** What the page is: a kernel may not know how to begin elsewhere or to sort. */
  firstColumn: z.int().min(0).default(0),
  sort: Sort.nullable().default(null),
});

export const ANSWERS = {
  complete: z.object({ matches: z.array(Match), cursorStart: z.int(), cursorEnd: z.int(), source }),
  inspect: z.object({
    found: z.boolean(),
    source,
    name: text,
    kind: text,
    type: text,
    signature: text,
    docstring: text,
    sourceCode: text,
    file: text,
    line: z.int().nullable().default(null),
    value: text,
    children: count,
  }),
  hover: z.object({ found: z.boolean(), source, name: text, type: text, value: text, signature: text }),
  variables: z.object({ variables: z.array(Variable), count: z.int(), truncated: z.boolean(), source }),
  variable: Variable.extend({
    source,
    fullValue: text,
    /** A page of the members; `count` is how many there are in all. */
    children: z.array(Variable).nullable().default(null),
    count,
    truncated: z.boolean().default(false),
    table: Table.nullable().default(null),
    methods: z.array(z.string()).nullable().default(null),
    attributes: z.array(z.string()).nullable().default(null),
  }),
  is_complete: z.object({ status: z.enum(["complete", "incomplete", "invalid", "unknown"]), indent: z.string() }),
  format: z.object({ formatted: z.string(), changed: z.boolean() }),
} as const satisfies Record<Question, z.ZodType>;
export type Answer<Q extends Question> = z.infer<(typeof ANSWERS)[Q]>;
