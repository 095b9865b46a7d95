import { EditorState } from "@codemirror/state";
import { expect, test } from "vitest";
import { layOut } from "../blocks/lay-out.ts";
import { blockLayer, setSegments } from "../blocks/layer.ts";
import { Placed } from "../blocks/placed.ts";
import { newTable } from "./insert.ts";

const TABLE = "|  |  |\n| --- | --- |\n|  |  |";

/** What becomes of a document with its cursor at `^`; what is written next stands at `^` then. */
function inserted(marked: string): string {
  const at = marked.indexOf("^");
  const doc = marked.replace("^", "");
  const context = { resolvePage: () => null, resolveAsset: () => null };
  const segments = layOut(doc, "a.md", context).map((segment) => new Placed(segment).range(segment.from, segment.to));
  const extensions = blockLayer({ finish: () => {}, fetchText: () => Promise.resolve("") });
  const state = EditorState.create({ doc, selection: { anchor: at }, extensions });
  const shown = state.update({ effects: setSegments.of({ from: 0, to: doc.length, segments }) }).state;
  const after = shown.update(newTable(shown)).state;
  return `${after.sliceDoc(0, after.selection.main.head)}^${after.sliceDoc(after.selection.main.head)}`;
}

const first = TABLE.replace("| ", "| ^");

test.each([
  ["an empty document", "^", `${first}\n`],
  ["a blank line between blocks", "a\n\n^\n\nb\n", `a\n\n${first}\n\nb\n`],
  ["the only blank line between blocks", "a\n^\nb\n", `a\n\n${first}\n\nb\n`],
  ["a paragraph, behind all of it", "one^\ntwo\n\nb\n", `one\ntwo\n\n${first}\n\nb\n`],
  ["a list", "- x^\n- y\n", `- x\n- y\n\n${first}\n`],
  ["the last line", "a^", `a\n\n${first}\n`],
  ["a heading with text right below", "# a^\nb\n", `# a\n\n${first}\n\nb\n`],
  [
    "a cell, behind its result",
    "```python\n1^\n```\n\n```output\n1\n```\n\nb\n",
    ["```python\n1\n```", "```output\n1\n```", first, "b\n"].join("\n\n"),
  ],
  ["a document with notes", "a^[^1]\n\n[^1]: note\n", `a[^1]\n\n${first}\n\n[^1]: note\n`],
])("a table is put at %s", (_where, before, after) => {
  expect(inserted(before)).toBe(after);
});
