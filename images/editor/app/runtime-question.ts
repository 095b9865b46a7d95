/** What the runtime knows of the code in a cell, asked of the session that runs it. It is not started for a question. */
import type { EditorState } from "@codemirror/state";
import { ANSWERS, type Answer } from "../../../shared/mrp/introspection.ts";
import { request } from "./api.ts";
import { type KnownCell, knownCellAt } from "./cells/known.ts";

export interface Runtime {
  readonly projectId: string;
  /** Full name of the session that runs the cell; null where nothing does. */
  readonly sessionOf: (cell: KnownCell) => string | null;
}

/** A place in a cell's code. */
export interface Place {
  readonly session: string;
  readonly code: string;
  /** In the code. UTF-16 units, as everywhere here. */
  readonly cursor: number;
  /** Where the code begins in the document. */
  readonly from: number;
}

/** Null outside of code that a kernel runs. */
export function placeIn(state: EditorState, offset: number, { sessionOf }: Runtime): Place | null {
  const cell = knownCellAt(state, offset);
  const session = cell?.isTop ? sessionOf(cell) : null;
  if (!cell || session === null) return null;
  const from = state.doc.lineAt(cell.from).to + 1;
  const to = state.doc.lineAt(cell.to).from - 1;
  if (offset < from || offset > to) return null;
  return { session, code: state.sliceDoc(from, to), cursor: offset - from, from };
}

type About = "complete" | "hover" | "inspect";

/** Null if it does not answer: then there is nothing to show, and nobody has lost anything. */
export async function ask<Q extends About>(
  { projectId }: Runtime,
  question: Q,
  { session, code, cursor }: Place,
  more: { readonly signal?: AbortSignal; readonly detail?: number } = {},
): Promise<Answer<Q> | null> {
  const { signal, ...rest } = more;
  try {
    const response = await request(`/api/projects/${projectId}/mrp/v1/${question}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ session, code, cursor, ...rest }),
      ...(signal ? { signal } : {}),
    });
    const schema: (typeof ANSWERS)[Q] = ANSWERS[question];
    return schema.parse(await response.json()) as Answer<Q>;
  } catch {
    return null;
  }
}
