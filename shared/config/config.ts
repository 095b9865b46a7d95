/** Reads the configuration of a project from `mrmd.md` (formats.md §2). Pure; never throws on bad input. */
import { isMap, LineCounter, parseDocument } from "yaml";
import { findFences } from "../document/fences.ts";
import { explain } from "./explain.ts";
import { ConfigBlock } from "./schema.ts";

export type Config = ConfigBlock;

/** Something that is wrong in a configuration, with the place where the author finds it. */
export interface ConfigProblem {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** What is wrong and what would be right. */
  readonly message: string;
}

export type ConfigResult = { readonly config: Config } | { readonly problems: readonly ConfigProblem[] };

/** Parses and merges the `yaml config` blocks of `source` in order: objects deeply, arrays and values by replacement. */
export function parseConfig(source: string, file = "mrmd.md"): ConfigResult {
  const problems: ConfigProblem[] = [];
  let merged: unknown = {};
  for (const fence of findFences(source)) {
    if (!/^yaml\s+config$/i.test(fence.info)) continue;
    const firstLine = source.slice(0, fence.textFrom).split("\n").length;
    const block = parseBlock(fence.text, (line, message) =>
      problems.push({ file, line: firstLine + line - 1, message }),
    );
    merged = merge(merged, block);
  }
  if (problems.length > 0) return { problems };
  // Each block was valid by itself and merging only picks among valid values, so this parse can't fail on them;
  // it runs on the raw merged values because the schema transforms (`publish.url`).
  const result = ConfigBlock.safeParse(merged);
  if (result.success) return { config: result.data };
  return { problems: [{ file, line: 1, message: result.error.issues[0]?.message ?? "invalid configuration" }] };
}

/** One line for a person: `mrmd.md:12: publish.visibility: "open" is not one of public, unlisted, private`. */
export function describeProblem(problem: ConfigProblem): string {
  return `${problem.file}:${problem.line}: ${problem.message}`;
}

function parseBlock(text: string, report: (line: number, message: string) => void): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  for (const error of document.errors) report(lines.linePos(error.pos[0]).line, `not YAML: ${error.message}`);
  if (document.errors.length > 0 || document.contents === null) return {};
  if (!isMap(document.contents)) {
    report(1, "a configuration block is a YAML mapping (`key: value` lines)");
    return {};
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 20 });
  } catch (error) {
    report(1, `not usable YAML: ${error instanceof Error ? error.message : String(error)}`);
    return {};
  }
  const result = ConfigBlock.safeParse(value, { error: explain });
  for (const issue of result.error?.issues ?? []) {
    // The innermost node that exists: a missing key has no place of its own, so its parent is named.
    let path = issue.path.map((key) => (typeof key === "symbol" ? String(key) : key));
    while (path.length > 0 && !document.hasIn(path)) path = path.slice(0, -1);
    const node: unknown = document.getIn(path, true);
    const range = hasRange(node) ? node.range[0] : 0;
    const name = issue.path.join(".");
    report(lines.linePos(range).line, name === "" ? issue.message : `${name}: ${issue.message}`);
  }
  return value;
}

function hasRange(node: unknown): node is { range: [number, number, number] } {
  return typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range);
}

function merge(base: unknown, over: unknown): unknown {
  if (!isPlainObject(base) || !isPlainObject(over)) return over;
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(over)) merged.set(key, merge(merged.get(key), value));
  return Object.fromEntries(merged);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
