import { ChangeSet, Text } from "@codemirror/state";
import { describe, expect, test } from "vitest";
import { renderInBlocks } from "../../../../reader/document/render.ts";
import { Headings, headingsOf } from "./headings.ts";

const DOCUMENT = `---
title: Not a heading
---

# Waves & *tides*

Prose.

Of the
second kind
===

\`\`\`python
# a comment
\`\`\`

> ## In a quote

- ### In a list

#### [A link](https://example.org), \`code\` and [[page|words]] ####

## 1. Intro
## Intro
## Intro

\`\`\`\`markdown
# Shown, not meant
\`\`\`\`
# a_b [i] \\* end
####### Seven
`;

const seen = (source: string) => headingsOf(source).map(({ level, text, id }) => ({ level, text, id }));

describe("headings", () => {
  test("are those that the page has, with their ids", () => {
    const context = { resolvePage: () => null, resolveAsset: () => null };
    expect(seen(DOCUMENT)).toEqual(renderInBlocks(DOCUMENT, context).headings);
    expect(seen(DOCUMENT)).toHaveLength(9);
  });

  test("stand where their line begins", () => {
    for (const { from, text } of headingsOf(DOCUMENT))
      expect(DOCUMENT.slice(from, from + 60)).toContain(text.slice(0, 3));
  });

  test("are the same after any changes as if the document were read anew", () => {
    let seed = 7;
    const below = (most: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % most;
    };
    const pieces = ["# x\n", "---\n", "```\n", "\n\n", "> ", "- ", "word ", "===\n", "title: y\n"];
    for (let round = 0; round < 30; round++) {
      let doc = Text.of(DOCUMENT.repeat(1 + below(3)).split("\n"));
      const headings = new Headings(doc);
      for (let step = 0; step < 15; step++) {
        const from = below(doc.length + 1);
        const to = Math.min(doc.length, from + (below(3) === 0 ? below(40) : 0));
        const changes = ChangeSet.of({ from, to, insert: pieces[below(pieces.length)] ?? "" }, doc.length);
        doc = changes.apply(doc);
        headings.update(doc, changes);
        expect(headings.all).toEqual(headingsOf(doc.toString()));
      }
    }
  });
});
