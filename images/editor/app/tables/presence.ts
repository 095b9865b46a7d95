/** Who else is in a table, and that one is there oneself: an editor tells only where it has the focus, which a cell's own has now. */
import type { EditorView } from "@codemirror/view";
import * as Y from "yjs";
import { inputOf } from "./input.ts";

export interface PersonAt {
  /** In the document. */
  readonly offset: number;
  readonly name: string;
  readonly color: string;
}

export function peopleIn({ state }: EditorView): PersonAt[] {
  const { awareness, text, cursorOf } = inputOf(state);
  return [...awareness.getStates()].flatMap(([id, person]) => {
    const offset = id === awareness.clientID ? null : cursorOf(person, text);
    return offset === null ? [] : [{ offset, name: String(person.user?.name), color: String(person.user?.color) }];
  });
}

export function tellWhere({ state }: EditorView): void {
  const { awareness, text } = inputOf(state);
  const { anchor, head } = state.selection.main;
  const at = (offset: number) => Y.createRelativePositionFromTypeIndex(text, offset);
  const cursor = { anchor: at(anchor), head: at(head) };
  const before = awareness.getLocalState()?.cursor;
  if (JSON.stringify(before) !== JSON.stringify(cursor)) awareness.setLocalStateField("cursor", cursor);
}
