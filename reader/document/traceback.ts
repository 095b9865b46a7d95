/** Where in an output an error begins, what led to it, and what the error is: Python's, JavaScript's and Julia's form. */

export interface Traceback {
  /** Output in front of it, with its line break. */
  readonly before: string;
  /** The line that names the error. */
  readonly error: string;
  /** The whole way to the error, with the line that names it. */
  readonly frames: string;
  /** The rest: further lines of the message, or what was printed afterwards. */
  readonly after: string;
}

/** The first traceback of `text`; null where there is none. */
export function findTraceback(text: string): Traceback | null {
  if (!/^\S*(?:Traceback \(most recent|Stacktrace:)|^\s+at /m.test(text)) return null;
  const lines = text.split("\n");
  const plain = lines.map((line) => line.replace(/\x1b\[[0-9;]*m/g, ""));
  const found = python(plain) ?? julia(plain) ?? javascript(plain);
  if (!found) return null;
  const { from, error, to } = found;
  const join = (start: number, end: number) => lines.slice(start, end).join("\n");
  return {
    before: from === 0 ? "" : `${join(0, from)}\n`,
    error: lines[error] ?? "",
    frames: `${join(from, to)}\n`,
    after: join(to, lines.length).trim() === "" ? "" : join(to, lines.length),
  };
}

interface Lines {
  readonly from: number;
  /** The line that names the error. */
  readonly error: number;
  readonly to: number;
}

const PYTHON = /^Traceback \(most recent call last\):$/;
const CHAINED = /^(?:During handling of the above exception|The above exception was the direct cause)/;

/** The frames are indented, the error is not. Errors that led to this one stand in front of it, each with its own frames. */
function python(lines: readonly string[]): Lines | null {
  const from = indexFrom(lines, 0, PYTHON);
  if (from === -1) return null;
  let error = from;
  for (let at = from; at !== -1; ) {
    error = indexFrom(lines, at + 1, /^\S/);
    if (error === -1) return null;
    const next = indexFrom(lines, error + 1, PYTHON);
    const cause = next === -1 ? -1 : indexFrom(lines, error + 1, CHAINED);
    at = cause !== -1 && cause < next ? next : -1;
  }
  return { from, error, to: error + 1 };
}

/** `ERROR: message`, then `Stacktrace:` and numbered lines. */
function julia(lines: readonly string[]): Lines | null {
  const stack = lines.indexOf("Stacktrace:");
  if (stack < 1) return null;
  const error = lines.findLastIndex((line, i) => i < stack && /^ERROR: |^\w*(?:Error|Exception)\b/.test(line));
  return error === -1 ? null : { from: error, error, to: endOf(lines, stack + 1, /^\s*(?:\[\d+\]|@ )/) };
}

/** `TypeError: message`, then lines that begin with `at`. */
function javascript(lines: readonly string[]): Lines | null {
  const first = indexFrom(lines, 0, /^\s+at /);
  const error = lines.findLastIndex((line, i) => i < first && /^(?:Uncaught )?\w*(?:Error|Exception)\b/.test(line));
  return error === -1 ? null : { from: error, error, to: endOf(lines, first, /^\s+at /) };
}

/** Counted on from `from`, so that thousands of tracebacks don't each begin at the top. */
function indexFrom(lines: readonly string[], from: number, pattern: RegExp): number {
  for (let i = from; i < lines.length; i++) if (pattern.test(lines[i] ?? "")) return i;
  return -1;
}

function endOf(lines: readonly string[], from: number, pattern: RegExp): number {
  let end = from;
  while (end < lines.length && pattern.test(lines[end] ?? "")) end++;
  return end;
}
