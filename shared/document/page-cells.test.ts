import { expect, test } from "vitest";
import { findCells } from "./cells.ts";
import { findPageGroups, pageOf } from "./page-cells.ts";

const groupsOf = (source: string) => findPageGroups(source, findCells(source));
const pages = (source: string, withScripts: boolean) =>
  groupsOf(source).map((group) => pageOf(group, findCells(source), withScripts));

test("cells that stand next to each other are one page; text between them parts them; the runtime's are none", () => {
  const source =
    "```html\n<p id=a>\n```\n\n```js\na\n```\n\ntext\n\n```js\nb\n```\n\n```js server\nc\n```\n\n```python\nd\n```\n";
  expect(groupsOf(source).map(({ cells, isScripted }) => [cells.map(({ number }) => number), isScripted])).toEqual([
    [[1, 2], true],
    [[3], true],
  ]);
});

test("a style sheet is for all pages of the document, and none by itself", () => {
  const source = "```css\np { color: red }\n```\n\ntext\n\n```html\n<p>a\n```\n";
  expect(pages(source, false)).toEqual(["<style>p { color: red }</style>\n<p>a"]);
});

test("scripts are left out until they are asked for", () => {
  const source = "```html\n<p>a\n```\n```js\nlet x = 1\n```\n";
  expect(pages(source, false)).toEqual(["<p>a"]);
  expect(pages(source, true)[0]).toContain('textContent = "let x = 1"');
});

test("text in a script or style sheet does not end it", () => {
  const source = '```js\nalert("</script><b>")\n```\n```css\na::after { content: "</style>" }\n```\n';
  const [page = ""] = pages(source, true);
  expect(page.match(/<\/script>/g)).toHaveLength(2);
  expect(page).not.toContain("</script><b>");
  expect(page.match(/<\/style>/g)).toHaveLength(1);
});
