import { expect, test } from "vitest";
import { drawingOf, MAX_DIAGRAM_CHARS } from "../../shared/document/diagrams.ts";
import { framing, render as renderWithout } from "./fixture.ts";
import { renderDocument } from "./render.ts";

const render = (source: string) => renderDocument(source, framing).html;
const diagram = (text: string) => `\`\`\`mermaid\n${text}\n\`\`\`\n`;

test("is the picture that was drawn of it, with its size and its author's words", () => {
  expect(render(diagram('graph TD\n  accTitle: drawn "here"\n  accDescr { of two\n  lines }\n  A-->B'))).toBe(
    '<figure class="diagram"><img src="/files/drawing.svg" alt="drawn &quot;here&quot;. of two lines" width="30" height="20" loading="lazy" decoding="async"></figure>\n',
  );
});

test.each([
  ["graph TD; drawn", "Diagram: graph"],
  ["---\ntitle: x\n---\n%% a comment\n\n%%{init: {}}%%\nsequenceDiagram\n  drawn", "Diagram: sequenceDiagram"],
  ["  \n", "Diagram"],
])("%j is called %s", (text, words) => {
  expect(/(?:alt|title)="([^"]*)"/.exec(render(diagram(text)))?.[1]).toBe(words);
});

test("without a picture is a frame, which draws it", () => {
  expect(render(diagram('graph TD; A["<b>&"]-->B'))).toBe(
    '<figure class="diagram"><iframe class="frame" sandbox="allow-scripts allow-popups allow-downloads" loading="lazy" title="Diagram: graph" src="/reader/diagram/#graph%20TD%3B%20A%5B%22%3Cb%3E%26%22%5D--%3EB%0A"></iframe></figure>\n',
  );
});

test("half of a character in a diagram is no reason to fail", () => {
  expect(render(diagram("graph TD; A\ud83d"))).toContain("#graph%20TD%3B%20A%EF%BF%BD");
});

test("is code where nobody draws, where it is too long, and beyond the frames that a page has", () => {
  const code = '<pre data-language="mermaid"><code class="language-mermaid">';
  expect(renderWithout(diagram("graph TD")).html).toContain(code);
  expect(render(diagram("a".repeat(MAX_DIAGRAM_CHARS)))).toContain(code);
  const many = render(diagram("graph TD; A-->B").repeat(150));
  expect(many.match(/<iframe /g)).toHaveLength(100);
  expect(many.match(/<pre data-language="mermaid">/g)).toHaveLength(50);
});

test("has the same drawing wherever the block stands, and another for another text", () => {
  expect(drawingOf("graph TD; A-->B\n")).toBe("_assets/diagrams/c18237e0a535bdb73d9c241d24e7905b.svg");
  expect(drawingOf("graph TD; A-->B")).toBe(drawingOf("graph TD; A-->B\n\n"));
  expect(drawingOf("graph TD; A-->C")).not.toBe(drawingOf("graph TD; A-->B"));
});
