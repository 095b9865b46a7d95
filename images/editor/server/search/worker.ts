/**
 * The process that searches. It is started for one search and ended after it, or in the middle of it: an expression like
 * `(a+)+$` can take for ever, and nothing but the end of whoever tries it stops it.
 */
import { constants, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import type { TextChange } from "../../../../shared/document/changes.ts";
import type { Match, SearchQuery } from "../../../../shared/editor/search.ts";
import { MAX_DOCUMENT_BYTES } from "../../../../shared/editor/sync.ts";
import { decodeText } from "../files/text.ts";
import { findChanges, findMatches } from "./places.ts";

export type Asked =
  | { readonly find: string | { readonly file: string } }
  /** In this text. */
  | { readonly change: string };

export interface Answered {
  /** Of what was to be found; null: it is no text that the editor opens. */
  readonly found?: { readonly count: number; readonly matches: readonly Match[] } | null;
  /** Of what was to be changed; null: there is more than can be replaced at once. */
  readonly changes?: readonly TextChange[] | null;
}

/** Programs that tell text from other files look for a NUL in so many bytes. */
const TOLD_BY = 8_000;

try {
  // Should the container's memory run out, the kernel ends this process, and not the server.
  writeFileSync("/proc/self/oom_score_adj", "1000");
} catch (error) {
  console.error("a search may cost the server its memory:", error);
}

/** As the server has checked it. */
const query: SearchQuery = JSON.parse(process.argv[2] ?? "");
process.on("message", (asked: Asked) => void answer(asked).then((answered) => process.send?.(answered)));
// A server that dies takes it along.
process.on("disconnect", () => process.exit());
/** It has started. */
process.send?.({} satisfies Answered);

async function answer(asked: Asked): Promise<Answered> {
  if ("change" in asked) return { changes: changesIn(asked.change) };
  const text = typeof asked.find === "string" ? asked.find : await read(asked.find.file).catch(() => null);
  return { found: text === null ? null : findMatches(text, query) };
}

function changesIn(text: string): TextChange[] | null {
  try {
    return findChanges(text, query);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Null if it is no text. Throws if it can't be read. */
async function read(file: string): Promise<string | null> {
  const opened = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const stat = await opened.stat();
    if (!stat.isFile() || stat.size > MAX_DOCUMENT_BYTES) return null;
    const bytes = await opened.readFile();
    return bytes.subarray(0, TOLD_BY).includes(0) ? null : decodeText(bytes, file).text;
  } finally {
    await opened.close();
  }
}
