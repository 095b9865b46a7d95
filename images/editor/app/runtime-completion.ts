/** In a cell: what the session that runs it has under that name. While it knows nothing, the words of the document. */
import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
  closeCompletion,
  completeAnyWord,
  completionStatus,
  selectedCompletionIndex,
} from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import { type Extension, Prec } from "@codemirror/state";
import { keymap } from "@codemirror/view";
import type { Answer } from "../../../shared/mrp/introspection.ts";
import { ask, placeIn, type Runtime } from "./runtime-question.ts";

const WORD = /[\p{L}_][\p{L}\p{N}_]*/u;
/** A name or what a call gives, and the mark of its members. */
const MEMBERS = /(?:[\p{L}_][\p{L}\p{N}_]*|[)\]"'])[.$]/u;

export interface RuntimeCompletion {
  readonly source: CompletionSource;
  /** Stands before that of the completion itself. */
  readonly extension: Extension;
}

export function runtimeCompletion(runtime: Runtime): RuntimeCompletion {
  let isExplicit = false;

  async function source(context: CompletionContext): Promise<CompletionResult | null> {
    const { state, pos, explicit } = context;
    const place = placeIn(state, pos, runtime);
    if (!place) return null;
    const word = context.matchBefore(WORD);
    const isWanted = explicit || ((word || context.matchBefore(MEMBERS)) && !isComment(context));
    // Nobody wants to be told numbers.
    if (!isWanted || (!explicit && word && /\d/.test(state.sliceDoc(word.from - 1, word.from)))) return null;
    isExplicit = explicit;
    const aborted = new AbortController();
    context.addEventListener("abort", () => aborted.abort(), { onDocChange: true });
    const answer = await ask(runtime, "complete", place, { signal: aborted.signal });
    if (context.aborted) return null;
    if (answer && answer.matches.length > 0) {
      return {
        from: place.from + answer.cursorStart,
        to: place.from + answer.cursorEnd,
        options: answer.matches.map(optionOf),
        validFor: /^[\p{L}\p{N}_]*$/u,
      };
    }
    return word ? completeAnyWord(context) : null;
  }

  /** What nobody has asked for or chosen from does not take the Enter that ends a line. */
  const enter = Prec.highest(
    keymap.of([
      {
        key: "Enter",
        run(view) {
          const { state } = view;
          const isUnasked = completionStatus(state) !== null && !isExplicit && selectedCompletionIndex(state) === 0;
          if (isUnasked && placeIn(state, state.selection.main.head, runtime)) closeCompletion(view);
          return false;
        },
      },
    ]),
  );
  return { source, extension: enter };
}

function optionOf({ label, insertText, detail, type, documentation, valuePreview }: Match): Completion {
  const info = documentation ?? valuePreview;
  const beside = detail ?? type;
  return {
    label,
    ...(insertText === null ? {} : { apply: insertText }),
    ...(beside === null ? {} : { detail: beside }),
    ...(info === null ? {} : { info }),
  };
}
type Match = Answer<"complete">["matches"][number];

const isComment = ({ state, pos }: CompletionContext) => /comment/i.test(syntaxTree(state).resolveInner(pos, -1).name);
