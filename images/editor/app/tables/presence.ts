/** Who else is in a table, and that one is there oneself: an editor tells only where it has the focus, which a cell's own has now. */
import type { EditorView } from "@codemirror/view";
import { ySyncFacet } from "y-codemirror.next";
import type { Awareness } from "y-protocols/awareness";
import type * as Y from "yjs";
import { cursorOf } from "../cursor.ts";

export interface PersonAt {
  /** In the document. */
  readonly offset: number;
  readonly name: string;
  readonly color: string;
}

export function peopleIn({ state }: EditorView): PersonAt[] {
  const { awareness, text } = sharedIn(state);
  return [...awareness.getStates()].flatMap(([id, person]) => {
    const offset = id === awareness.clientID ? null : cursorOf(person, text);
    return offset === null ? [] : [{ offset, name: String(person.user?.name), color: String(person.user?.color) }];
  });
}

export function tellWhere({ state }: EditorView): void {
  const { awareness, config } = sharedIn(state);
  const { anchor, head } = state.selection.main;
  const before = awareness.getLocalState()?.cursor;
  const cursor = { anchor: config.toYPos(anchor), head: config.toYPos(head) };
  if (JSON.stringify(before) !== JSON.stringify(cursor)) awareness.setLocalStateField("cursor", cursor);
}

function sharedIn(state: EditorView["state"]) {
  const config = state.facet(ySyncFacet);
  const awareness: Awareness = config.awareness;
  const text: Y.Text = config.ytext;
  return { config, awareness, text };
}
