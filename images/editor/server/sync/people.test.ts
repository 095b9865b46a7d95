import { expect, test } from "vitest";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import type { LiveDocument } from "../document/document.ts";
import { peopleIn } from "./people.ts";

test("each person is named once for each document that they have open", () => {
  const user = (handle: string) => ({ user: { name: handle.toUpperCase(), handle, color: "red", colorLight: "pink" } });
  const open = (path: string, ...handles: string[]) => {
    const awareness = new Awareness(new Y.Doc());
    awareness.setLocalState(null);
    for (const [client, handle] of handles.entries()) awareness.states.set(client, user(handle));
    return { id: { projectId: "", path }, awareness } as unknown as LiveDocument;
  };
  const documents = [open("a.md", "ann", "ann", "bob"), open("b.md", "ann"), open("c.md")];
  const { people } = peopleIn(documents);
  expect(people.map(({ path, name }) => [path, name])).toEqual([
    ["a.md", "ANN"],
    ["a.md", "BOB"],
    ["b.md", "ANN"],
  ]);
  for (const { awareness } of documents) awareness.destroy();
});
