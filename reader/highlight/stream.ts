/** Runs a stream mode (CodeMirror 5 style) without the editor, with the tokens that the editor's StreamLanguage gives. */
import { type StreamParser, StringStream } from "@codemirror/streamparser";
import { type Tag, tags } from "@lezer/highlight";

const TAB_SIZE = 4;
const INDENT_UNIT = 2;
/** A mode that takes nothing is asked again, because it may have changed its state; this often, as StreamLanguage does. */
const MAX_EMPTY_TOKENS = 10;

/** Calls `put` for every piece of `code`, in order; line breaks come as a piece of their own. */
export function streamTokens(
  mode: StreamParser<unknown>,
  code: string,
  put: (text: string, tags: readonly Tag[]) => void,
): void {
  const state = mode.startState?.(INDENT_UNIT) ?? {};
  for (const [i, line] of code.split("\n").entries()) {
    if (i > 0) put("\n", []);
    if (line === "") mode.blankLine?.(state, INDENT_UNIT);
    const stream = new StringStream(line, TAB_SIZE, INDENT_UNIT);
    while (!stream.eol()) {
      const type = readToken(mode, stream, state);
      put(stream.current(), type ? tagsOf(type) : []);
      stream.start = stream.pos;
    }
  }
}

function readToken(mode: StreamParser<unknown>, stream: StringStream, state: unknown): string | null {
  for (let i = 0; i < MAX_EMPTY_TOKENS; i++) {
    const type = mode.token(stream, state);
    if (stream.pos > stream.start) return type;
  }
  stream.next();
  return null;
}

/** The old modes' names for what @lezer/highlight calls otherwise. */
const OLD_NAMES: Readonly<Record<string, string>> = {
  variable: "variableName",
  "variable-2": "variableName.special",
  "string-2": "string.special",
  def: "variableName.definition",
  tag: "tagName",
  attribute: "attributeName",
  type: "typeName",
  builtin: "variableName.standard",
  qualifier: "modifier",
  error: "invalid",
  header: "heading",
  property: "propertyName",
};

const TAGS: Readonly<Record<string, Tag | ((tag: Tag) => Tag) | undefined>> = { ...tags };

/** `"variableName.definition keyword"` → the tags; what @lezer/highlight doesn't know is left out. */
function tagsOf(type: string): Tag[] {
  return type.split(" ").flatMap((written) => {
    let found: Tag[] = [];
    for (const part of (OLD_NAMES[written] ?? written).split(".")) {
      const value = TAGS[part];
      if (typeof value === "function") found = found.map(value);
      else if (value) found = [value];
    }
    return found;
  });
}
