import { describe, expect, test } from "vitest";
import { renderDocument } from "../../reader/document/render.ts";
import { drawingOf } from "../../shared/document/diagrams.ts";
import { pageFacts } from "./page-facts.ts";

const facts = (source: string) => pageFacts("a.md", source);

test("titles and date come from front matter and headings", () => {
  expect(
    facts("---\ntitle: Short\ndate: 2026-01-02T10:00\n---\n## Before\n\n# A *long* title\n\n# Another\n"),
  ).toMatchObject({
    title: "Short",
    longTitle: "A long title",
    date: "2026-01-02",
    headings: [
      { id: "before", text: "Before" },
      { id: "another", text: "Another" },
    ],
  });
  for (const date of ["soon", "2026-13-45", "[1]"]) expect(facts(`---\ndate: ${date}\n---\n`).date).toBeNull();
});

test("headings have the ids that they have in the page", () => {
  const source = [
    "# T",
    "## Twice",
    "## Twice",
    "## `f(x)` and **bold**",
    "## [A link](setup.md) here",
    "## [[setup|Label]]",
    "Größe & Form\n---",
    "## Closed ##",
    "## snake_case *in*side",
  ].join("\n\n");
  const page = renderDocument(source, { resolvePage: () => ({ href: "/x", title: "X" }), resolveAsset: () => null });
  const rendered = page.headings.filter(({ level }) => level > 1).map(({ id, text }) => ({ id, text }));
  expect(facts(source).headings).toEqual(rendered);
});

describe("searched are", () => {
  const words = facts(
    "# Title\n\nProse with *em*phasis and [a link](https://e.org/hidden1 \"x\"). <b data-x='hidden2'>Bold</b> <!--! hidden3 !-->\n\n" +
      "```python hidden4\nmodel = train()\n```\n\n```output\nhidden5\n```\n\n![alt text](_assets/hidden6.png)\n\n<!-- hidden7 -->\n",
  ).words.split(" ");
  test("words of text, code, link labels and image descriptions", () => {
    for (const word of ["prose", "emphasis", "link", "bold", "model", "train", "alt"]) expect(words).toContain(word);
  });
  test("not addresses, tags, comments, sessions and output", () => {
    expect(words.filter((word) => word.startsWith("hidden"))).toEqual([]);
  });
});

test("a table of data does not fill the index", () => {
  expect(facts(Array.from({ length: 9_000 }, (_, i) => `w${i}`).join(" ")).words.match(/ w/g)).toHaveLength(1_000);
  expect(facts("In 2026, 123456 and 1.5.").words).toBe(" 2026 and in");
});

test("where the drawings of its diagrams would be is pointed to, and of no other block", () => {
  const text = "graph TD; A-->B";
  const source = `# T\n\n- \`\`\`mermaid\n  ${text}\n  \`\`\`\n\n\`\`\`python\nmermaid\n\`\`\`\n`;
  expect([...facts(source).links]).toEqual([drawingOf(text)]);
});
