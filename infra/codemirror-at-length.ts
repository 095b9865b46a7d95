/**
 * CodeMirror in a document of a megabyte, with a block decoration for each of its blocks: two places where each key costs a walk
 * through the whole document do without it. docs/decisions/0024-codemirror-at-length.md
 */
import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

type Edit = readonly [before: string, after: string];

const EDITS: Readonly<Record<"state" | "view", readonly Edit[]>> = {
  // Heights are compared by points alone. A chunk of them that is the same before and after says nothing new of heights, but only
  // chunks without points are passed over.
  state: [
    [
      "let sharedChunks = findSharedChunks(a, b, textDiff);",
      "let sharedChunks = findSharedChunks(a, b, textDiff, minPointSize == 0);",
    ],
    ["function findSharedChunks(a, b, textDiff) {", "function findSharedChunks(a, b, textDiff, withPoints = false) {"],
    ["if (set.chunk[i].maxPoint <= 0)", "if (withPoints || set.chunk[i].maxPoint <= 0)"],
  ],
  // A branch knows whether something in it is out of date, and updates all that is in it in any case.
  view: [
    [
      "let { left, right } = this, rightStart = offset + left.length + this.break, rebalance = null;",
      `if (!force && !this.outdated && !(measured && measured.more && measured.from <= offset + this.length)) return this;
        let { left, right } = this, rightStart = offset + left.length + this.break, rebalance = null;`,
    ],
  ],
};

/** Bundles both packages so. A version of them in which one of the places is not there once can't be bundled. */
export const codeMirrorAtLength: Plugin = {
  name: "codemirror-at-length",
  setup({ onLoad }) {
    onLoad({ filter: /\/@codemirror\/(state|view)\/dist\/index\.js$/ }, async ({ path }) => {
      const edits = path.includes("/@codemirror/state/") ? EDITS.state : EDITS.view;
      let contents = await readFile(path, "utf8");
      for (const [before, after] of edits) {
        const parts = contents.split(before);
        if (parts.length !== 2) return { errors: [{ text: `not there once: "${before}"; see decision 0024` }] };
        contents = parts.join(after);
      }
      return { contents };
    });
  },
};
