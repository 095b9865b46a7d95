/** Writing in a document that shows blocks as readers see them, and source where the cursor is. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterEach, describe, expect, test } from "vitest";
import { TEXT } from "../../../shared/editor/sync.ts";
import type { Role } from "../../../shared/roles.ts";
import { hasBrowser } from "../../browser.ts";
import { type Opened, useApp } from "./app.ts";
import { ARTEFACTS } from "./app-files.ts";

const DOCUMENT = `# Waves

Some *slanted* prose with a [link](https://example.org) and a word or two.
Its second line.

## Cells

\`\`\`python
print("drawn")
\`\`\`

\`\`\`output
drawn
http://localhost:8050/dash
\`\`\`

- first item
- second item

\`\`\`html
<p>from the html cell</p>
\`\`\`

A note[^1], and the end.

[^1]: What the note says.
`;

describe.skipIf(!hasBrowser)("in the editor", () => {
  const app = useApp();
  let page: Page;
  let wire: Opened["wire"];
  let thrown: string[];

  afterEach(async () => {
    await page.close();
    expect(thrown).toEqual([]);
  });

  const open = async (text = DOCUMENT, role: Role = "owner") => {
    const project = { path: "01-waves.md", files: ["01-waves.md"], folder: tmpdir(), text, role };
    ({ page, wire } = await app.open(project));
    thrown = [];
    page.on("pageerror", ({ message }) => thrown.push(message));
    await page.locator(".rendered").first().waitFor();
  };
  /** The lines that are shown as source, without those of cells. */
  const source = () => page.locator(".cm-line:not(.cell-line):not(.source-plain)").allTextContents();
  const block = (text: string) => page.locator(".rendered", { hasText: text });
  const until = (text: string) => expect.poll(() => wire.text).toContain(text);
  /** In the middle of a word of a block. */
  const clickOn = async (word: string) => {
    const place = await page.evaluate((word) => {
      const walker = document.createTreeWalker(document.querySelector(".cm-content") as Element, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const at = walker.currentNode.textContent?.indexOf(word) ?? -1;
        if (at === -1) continue;
        const range = document.createRange();
        range.setStart(walker.currentNode, at);
        range.setEnd(walker.currentNode, at + word.length);
        const { x, y, width, height } = range.getBoundingClientRect();
        return { x: x + width / 2, y: y + height / 2 };
      }
      throw new Error(`${word} is not there`);
    }, word);
    await page.mouse.click(place.x, place.y);
  };

  test("all is shown as readers see it until somebody clicks, and then all but the block with the cursor", async () => {
    await open();
    expect(await source()).toEqual([""]);
    await page.screenshot({ path: join(ARTEFACTS, "blocks.png") });
    await clickOn("slanted");
    expect(await source()).toEqual([
      "Some *slanted* prose with a [link](https://example.org) and a word or two.",
      "Its second line.",
      "",
    ]);
    expect(await block("Waves").locator("h1").isVisible()).toBe(true);
    await page.screenshot({ path: join(ARTEFACTS, "blocks-source.png") });
    await clickOn("second item");
    expect(await source()).toEqual(["- first item", "- second item", ""]);
    expect(await block("slanted").locator("em").isVisible()).toBe(true);
  });

  test.each([
    ["slanted", "*sla|nted*"],
    ["link", "[li|nk](https"],
    ["two", "or t|wo."],
    ["second line", "second| line"],
    ["item", "- first it|em"],
    ["localhost", "local|host:8050"],
    ["Cells", "Ce|lls"],
  ])("a click on “%s” puts the cursor there in the source", async (word, expected) => {
    await open();
    await clickOn(word);
    await page.keyboard.type("|");
    const [before = "", after = ""] = expected.split("|");
    // Half a letter to the left or to the right.
    await expect
      .poll(() => [-1, 0, 1].some((by) => wire.text.includes(moved(before, after, by))), { timeout: 5_000 })
      .toBe(true);
  });

  test("a click on the card of the front matter puts the cursor into the front matter", async () => {
    await open("---\nauthors: [Ada Lovelace]\ndate: 2026-11-25\n---\n\n# Title\n\ntext\n");
    await clickOn("2026-11-25");
    await page.keyboard.press("End");
    await page.keyboard.type("!");
    await until("date: 2026-11-25!\n---");
  });

  test("what is typed is shown as a block as soon as the cursor has left it", async () => {
    await open();
    await clickOn("two");
    await page.keyboard.press("End");
    await page.keyboard.type(" **Strong** words.");
    await until("or two. **Strong** words.\nIts");
    await clickOn("Waves");
    await block("Strong words.").locator("strong").waitFor();
  });

  test("an empty line is a new paragraph, and a fence becomes a cell that can be run", async () => {
    await open();
    await clickOn("the end");
    await page.keyboard.press("End");
    await page.keyboard.type("\n\nNew words\n\n```r\n1 + 1\n```");
    await block("New words").waitFor();
    await page.getByRole("button", { name: "Run cell 3" }).waitFor();
    expect(await page.locator(".cell-line", { hasText: "1 + 1" }).isVisible()).toBe(true);
  });

  test("the arrow keys go through all lines of the source, in and out of blocks", async () => {
    await open("# A\n\none\ntwo\n\n- x\n- y\n\n```python\n1\n```\n\nend\n");
    await clickOn("A");
    await page.keyboard.press("Home");
    const lines: string[] = [];
    for (let i = 0; i < 12; i++) {
      lines.push(await cursorLine());
      await page.keyboard.press("ArrowDown");
    }
    const all = ["# A", "", "one", "two", "", "- x", "- y", "", "```python", "1", "```", ""];
    expect(lines).toEqual(all);
    for (const line of all.toReversed()) {
      await page.keyboard.press("ArrowUp");
      expect(await cursorLine()).toBe(line);
    }
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    expect(await cursorLine()).toBe("one");
  });

  const cursorLine = () =>
    page.evaluate(() => {
      const at = getSelection()?.focusNode;
      const line = at instanceof Element ? at : at?.parentElement;
      return textOf(line?.closest(".cm-line"));
      function textOf(line: Element | null | undefined): string {
        const copy = line?.cloneNode(true);
        if (copy instanceof Element) for (const mark of copy.querySelectorAll(".cell-mark")) mark.remove();
        return copy?.textContent ?? "none";
      }
    });

  test("what another person writes is rendered, and all else stays as it is", async () => {
    await open();
    await block("Waves").evaluate((element) => element.setAttribute("data-mark", "1"));
    await block("second item").evaluate((element) => element.setAttribute("data-mark", "2"));
    wire.doc.getText(TEXT).insert(wire.text.indexOf("Some"), "Theirs. ");
    await block("Theirs. Some").waitFor();
    expect(await source()).toEqual([""]);
    expect(await page.locator("[data-mark]").count()).toBe(2);
  });

  test("where others are is seen beside blocks that are rendered, and in the text of those that are not", async () => {
    await open();
    const project = { path: "01-waves.md", files: ["01-waves.md"], folder: tmpdir(), text: DOCUMENT };
    const other = await app.open(project, {}, wire);
    await other.page.locator(".rendered", { hasText: "second item" }).click();
    await page.locator(".block-person", { hasText: "Demo" }).waitFor();
    const [bar, list] = await Promise.all([
      page.locator(".block-person").boundingBox(),
      block("second item").boundingBox(),
    ]);
    expect(Math.abs((bar?.y ?? 0) - (list?.y ?? 0))).toBeLessThan(2);
    expect(Math.abs((bar?.height ?? 0) - (list?.height ?? 0))).toBeLessThan(2);
    await page.screenshot({ path: join(ARTEFACTS, "blocks-people.png") });
    await clickOn("second item");
    await page.locator(".cm-ySelectionCaret").waitFor({ state: "attached" });
    await expect.poll(() => page.locator(".block-person").count()).toBe(0);
    await other.page.close();
  });

  test("a frame lives on while other text is edited", async () => {
    await open();
    const frame = page.locator('iframe[title="Page of the cells above"]');
    await frame.evaluate((element) => element.setAttribute("data-mark", "1"));
    await clickOn("slanted");
    await page.keyboard.type("x\n\ny");
    await until("x\n\ny");
    await clickOn("Waves");
    await block("y").first().waitFor();
    expect(await frame.getAttribute("data-mark")).toBe("1");
  });

  test("a cell is typed in where it stands, below it its result with a link to the app it serves", async () => {
    await open();
    await page.locator(".cell-line", { hasText: "print" }).click();
    await page.keyboard.press("End");
    await page.keyboard.type("\nmore()");
    await until('print("drawn")\nmore()\n```\n\n```output');
    expect(await page.locator(".rendered-result pre.output").textContent()).toContain("drawn");
    expect(await page.getByRole("link", { name: "Open app" }).getAttribute("href")).toMatch(
      /^\/proxy\/.*\/8050\/dash$/,
    );
  });

  test("dragging from one block into another selects the source between", async () => {
    await open();
    const from = await page.getByText("Some", { exact: false }).first().boundingBox();
    await page.mouse.move((from?.x ?? 0) + 1, (from?.y ?? 0) + 8);
    await page.mouse.down();
    const to = await block("second item").boundingBox();
    await page.mouse.move((to?.x ?? 0) + 40, (to?.y ?? 0) + 60, { steps: 5 });
    await page.mouse.up();
    await page.keyboard.press("Delete");
    await expect.poll(() => wire.text).not.toContain("## Cells");
    expect(wire.text).toMatch(/^# Waves\n/);
    expect(wire.text).toContain("the end.");
  });

  test("notes stand at the end, as on a page, and their source where it is", async () => {
    await open();
    expect(await page.locator(".rendered-notes .footnotes li").textContent()).toContain("What the note says.");
    await page.locator(".source-plain").click();
    await page.keyboard.press("End");
    await page.keyboard.type(" More.");
    await page.locator(".rendered-notes", { hasText: "What the note says. More." }).waitFor();
  });

  test("all of the source is shown when somebody asks for it", async () => {
    await open();
    await page.getByRole("button", { name: "Source" }).click();
    await expect.poll(() => page.locator(".rendered").count()).toBe(0);
    expect(await page.locator(".cm-line").allTextContents()).toContain("## Cells");
    await page.keyboard.press("Control+Shift+V");
    await block("Waves").waitFor();
  });

  test("a new line goes on with the list, and Ctrl-F finds words in the document", async () => {
    await open();
    await clickOn("second item");
    await page.keyboard.press("End");
    await page.keyboard.type("\nthird item");
    await until("- second item\n- third item");
    // It is loaded behind the document.
    await expect
      .poll(async () => {
        await page.keyboard.press("Control+f");
        return page.locator(".cm-search").count();
      })
      .toBe(1);
    await page.keyboard.type("slanted");
    await page.keyboard.press("Enter");
    await page.locator(".cm-searchMatch-selected", { hasText: "slanted" }).waitFor();
  });

  test("who may only read never sees source for a block", async () => {
    await open(DOCUMENT, "viewer");
    await clickOn("slanted");
    expect(await source()).toEqual([""]);
  });

  test("a file that is no document is shown as it is", async () => {
    const project = { path: "data.csv", files: ["data.csv"], folder: tmpdir(), text: "# a,b\n1,2\n" };
    ({ page, wire } = await app.open(project));
    thrown = [];
    await page.locator(".cm-line", { hasText: "# a,b" }).waitFor();
    expect(await page.locator(".rendered").count()).toBe(0);
  });
});

/** `before|after` with the cursor some letters further. */
function moved(before: string, after: string, by: number): string {
  const text = before + after;
  return `${text.slice(0, before.length + by)}|${text.slice(before.length + by)}`;
}
