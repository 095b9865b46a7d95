/** Tables that are written in as tables. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterEach, describe, expect, test } from "vitest";
import { TEXT } from "../../../shared/editor/sync.ts";
import type { Role } from "../../../shared/roles.ts";
import { hasBrowser } from "../../browser.ts";
import { PART_RULES, violationsOn } from "../axe.ts";
import { type Opened, useApp } from "./app.ts";
import { ARTEFACTS } from "./app-files.ts";

const TABLE = `| Place | Height | Note |
|:------|-------:|------|
| **Fuji** | 3776 | volcano |
| Rigi | 1798 |
| 槍ヶ岳 | 3180 | a \\| b |`;
const DOCUMENT = `# Mountains\n\nSome of them.\n\n${TABLE}\n\nAnd more.\n`;

const IN_DOCUMENT = { within: "main", rules: PART_RULES };

describe.skipIf(!hasBrowser)("a table", () => {
  const app = useApp();
  let page: Page;
  let wire: Opened["wire"];
  let thrown: string[] = [];

  afterEach(async () => {
    await page.close();
    expect(thrown).toEqual([]);
  });

  const projectWith = (text: string, role: Role = "owner") => {
    return { path: "a.md", files: ["a.md"], folder: tmpdir(), text, role };
  };

  async function open(text = DOCUMENT, role: Role = "owner", options: BrowserContextOptions = {}): Promise<void> {
    ({ page, wire } = await app.open(projectWith(text, role), options));
    thrown = [];
    page.on("pageerror", ({ message }) => thrown.push(message));
    await page.locator(".rendered table").waitFor();
  }

  const cell = (text: string) => page.locator(".rendered :is(td, th)", { hasText: text });
  /** Clicks on a cell, and waits until it is typed in: what does that is loaded behind the document. */
  const enter = async (text: string) => {
    await cell(text).click();
    await edited().waitFor();
  };
  const edited = () => page.locator(".table-grid .is-edited");
  const until = (text: string) => expect.poll(() => wire.text).toBe(text);

  test("is written in where it is shown: a cell by its markdown, the others as they are read", async () => {
    await open();
    await enter("Fuji");
    await expect.poll(() => edited().textContent()).toBe("**Fuji**");
    expect(await page.locator(".cm-content > .cm-line", { hasText: "|" }).count()).toBe(0);
    await page.keyboard.press("End");
    await page.keyboard.type("-san");
    await until(DOCUMENT.replace("**Fuji**", "**Fuji**-san"));
    await page.screenshot({ path: join(ARTEFACTS, "tables-light.png") });
  });

  test("stays where it was when somebody clicks into it", async () => {
    await open();
    const boxes = () =>
      page.locator(".rendered :is(td, th)").evaluateAll((cells) =>
        cells.map((cell) => {
          const { x, y, width, height } = cell.getBoundingClientRect();
          return [x, y, width, height].map((length) => Math.round(length * 10) / 10);
        }),
      );
    const before = await boxes();
    await enter("volcano");
    expect(await boxes()).toEqual(before);
    await cell("3776").click();
    await expect.poll(() => edited().textContent()).toBe("3776");
  });

  test("is gone through by keys, and gets a row behind its last cell", async () => {
    await open();
    await enter("Place");
    const seen: (string | null)[] = [];
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
      seen.push(await edited().textContent());
    };
    await press("Tab", "Tab", "Tab");
    await press("Shift+Tab");
    await press("Enter", "Enter", "Enter");
    await press("ArrowUp");
    await press("ArrowUp", "ArrowLeft", "Home", "ArrowLeft");
    await press("ArrowRight", "End", "ArrowRight");
    await press("ArrowDown");
    await press("Tab", "Tab");
    expect(seen).toEqual(["**Fuji**", "Note", "a | b", "", "3776", "Rigi", "槍ヶ岳", "a | b"]);
    expect(wire.text).toBe(DOCUMENT);
    await page.keyboard.press("Tab");
    await page.keyboard.type("Säntis");
    await page.keyboard.press("Tab");
    await page.keyboard.type("2502");
    await until(DOCUMENT.replace(" b |\n", " b |\n| Säntis | 2502 |  |\n"));
    await page.keyboard.press("Enter");
    await until(DOCUMENT.replace(" b |\n", " b |\n| Säntis | 2502 |  |\n|  |  |  |\n"));
  });

  test("is left with Escape and the arrow keys, to the text beside it", async () => {
    await open();
    await enter("Rigi");
    await page.keyboard.press("Escape");
    await page.keyboard.type("1");
    await until(DOCUMENT.replace("And more", "1And more"));
    await enter("Place");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.type("2");
    await until(DOCUMENT.replace("And more", "1And more").replace("them.", "them.2"));
    expect(await edited().count()).toBe(0);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await edited().waitFor();
  });

  test("at the end of a document is left to a line that is none of its rows", async () => {
    await open(`${TABLE}\n`);
    await enter("Rigi");
    await page.keyboard.press("Escape");
    await page.keyboard.type("Text.");
    await until(`${TABLE}\n\nText.`);
    await page.locator(".cm-line", { hasText: "Text." }).waitFor();
  });

  test("keeps pipes and new lines inside of a cell", async () => {
    await open();
    await enter("volcano");
    await page.keyboard.press("End");
    await page.keyboard.type("|x");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.insertText("two\nlines|");
    await until(DOCUMENT.replace("volcano", "volcano\\|x<br>two<br>lines\\|"));
    expect(await edited().textContent()).toBe("volcano|x<br>two<br>lines|");
    await page.keyboard.press("Backspace");
    await until(DOCUMENT.replace("volcano", "volcano\\|x<br>two<br>lines"));
    await page.keyboard.press("Tab");
    await expect.poll(() => cell("volcano").locator("br").count()).toBe(2);
  });

  test("has a cell written that its row lacks", async () => {
    await open();
    await enter("Place");
    await page.keyboard.press("Escape");
    await page.locator(".rendered tr", { hasText: "Rigi" }).locator("td").nth(2).click();
    await page.keyboard.type("queen of mountains");
    await until(DOCUMENT.replace("| Rigi | 1798 |", "| Rigi | 1798 | queen of mountains |"));
  });

  test.each<[menu: string, command: string, expected: string]>([
    ["Row", "Insert a row above", TABLE.replace("\n| Rigi", "\n|  |  |  |\n| Rigi")],
    ["Row", "Insert a row below", TABLE.replace("1798 |", "1798 |\n|  |  |  |")],
    ["Row", "Move the row up", swapLines(TABLE, 2)],
    ["Row", "Move the row down", swapLines(TABLE, 3)],
    ["Row", "Delete the row", TABLE.replace("\n| Rigi | 1798 |", "")],
    ["Column", "Insert a column on the left", columns("|  ", "| --- ", 1)],
    ["Column", "Insert a column on the right", columns("|  ", "| --- ", 2)],
    ["Column", "Align left", TABLE.replace("-------:", ":-------")],
    ["Column", "Align in the centre", TABLE.replace("-------:", ":-------:")],
    ["Column", "Align right", TABLE.replace("-------:", "-------")],
    ["Column", "Delete the column", TABLE.replace(/^(\|[^|]*)\|[^|]*/gm, "$1")],
    ["Column", "Move the column left", TABLE.replace(/^(\|[^|]*)(\|[^|]*)/gm, "$2$1")],
    [
      "Column",
      "Move the column right",
      "| Place | Note | Height |\n|:------|------|-------:|\n| **Fuji** | volcano | 3776 |\n| Rigi |  | 1798 |\n| 槍ヶ岳 | a \\| b | 3180 |",
    ],
  ])("%s, “%s” changes the lines that it must, by the keyboard alone", async (menu, command, expected) => {
    await open();
    await enter("1798");
    await page.keyboard.press("Alt+F10");
    if (menu === "Column") await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    const item = page.getByRole("menuitem", { name: command });
    for (let i = 0; i < 9 && !(await item.evaluate((button) => button === document.activeElement)); i++)
      await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await until(DOCUMENT.replace(TABLE, expected));
    // One types on in a cell, and what was done is one step back.
    await edited().locator(":focus").waitFor();
    await page.keyboard.press("Control+z");
    await until(DOCUMENT);
  });

  test("offers only what can be done", async () => {
    await open();
    await enter("Place");
    await page.getByRole("button", { name: "Row" }).click();
    const off = await page.getByRole("menuitem").and(page.locator(":disabled")).allTextContents();
    expect(off).toEqual(["Insert a row above", "Move the row up", "Move the row down", "Delete the row"]);
    await page.screenshot({ path: join(ARTEFACTS, "tables-menu.png") });
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await edited().locator(":focus").waitFor();
  });

  test("takes what others do while one types: the caret and what is typed stay", async () => {
    await open();
    await enter("volcano");
    await page.keyboard.press("Home");
    await page.keyboard.type("a ");
    await until(DOCUMENT.replace("volcano", "a volcano"));
    const editor = await edited().locator(".cm-content").elementHandle();
    const theirs = wire.doc.getText(TEXT);
    const insert = (before: string, text: string) => theirs.insert(wire.text.indexOf(before), text);
    insert("1798", "about ");
    insert("| **Fuji", "| Eiger | 3967 |  |\n");
    insert("Some", "Hm. ");
    insert("volcano", "sleeping ");
    await cell("about 1798").waitFor();
    await cell("Eiger").waitFor();
    await page.keyboard.type("big ");
    await expect.poll(() => wire.text).toContain("| **Fuji** | 3776 | a big sleeping volcano |");
    expect(await edited().textContent()).toBe("a big sleeping volcano");
    expect(
      await edited()
        .locator(".cm-content")
        .evaluate((element, before) => element === before, editor),
    ).toBe(true);
    // A column more, before it.
    wire.doc.transact(() => {
      for (const start of ["| Place", "|:---", "| Eiger", "| **Fuji", "| Rigi", "| 槍"])
        insert(start, start.startsWith("|:") ? "|-" : "| n ");
    });
    await page.keyboard.type("and ");
    await expect.poll(() => wire.text).toContain("| n | **Fuji** | 3776 | a big and sleeping volcano |");
    await expect.poll(() => page.locator(".rendered th").count()).toBe(4);
    // Their undoing of the whole table leaves the editor where one can type.
    theirs.delete(wire.text.indexOf("| n | Place"), wire.text.indexOf("And more") - wire.text.indexOf("| n | Place"));
    await expect.poll(() => page.locator("table").count()).toBe(0);
    await page.keyboard.type("x");
    await expect.poll(() => wire.text).toMatch(/x/);
  });

  test("shows who else is in which cell", async () => {
    await open();
    const other = await app.open(projectWith(DOCUMENT), {}, wire);
    await enter("volcano");
    await other.page.locator(".rendered td", { hasText: "Rigi" }).click();
    await other.page.locator(".table-grid .is-edited").waitFor();
    await page.locator('td[data-person="Demo"]', { hasText: "Rigi" }).waitFor();
    await other.page.keyboard.press("Tab");
    await other.page.keyboard.type("1");
    await page.locator('td[data-person="Demo"]', { hasText: "1798" }).waitFor();
    expect(await page.locator("[data-person]").count()).toBe(1);
    await page.screenshot({ path: join(ARTEFACTS, "tables-people.png") });
    // Each takes back what they did themselves.
    await page.keyboard.press("End");
    await page.keyboard.type("!");
    await until(DOCUMENT.replace("volcano", "volcano!").replace("1798", "17981"));
    await page.keyboard.press("Control+z");
    await until(DOCUMENT.replace("1798", "17981"));
    await other.page.close();
  });

  test("takes back and does again by the document's history", async () => {
    await open();
    await enter("Rigi");
    await page.keyboard.press("End");
    await page.keyboard.type(" Kulm");
    await until(DOCUMENT.replace("Rigi", "Rigi Kulm"));
    await page.keyboard.press("Control+z");
    await until(DOCUMENT);
    await expect.poll(() => edited().textContent()).toBe("Rigi");
    await page.keyboard.press("Control+y");
    await until(DOCUMENT.replace("Rigi", "Rigi Kulm"));
    await page.keyboard.press("Control+f");
    await page.locator(".cm-search").waitFor();
  });

  test("that is typed as its source stays source until the cursor leaves it", async () => {
    await open("text\n\n| a |\n|---|\n");
    await page.getByText("text").click();
    await page.keyboard.press("End");
    await page.keyboard.type("\n\n| x | y |\n|---|---|");
    await page.locator(".source-code", { hasText: "|---|---|" }).waitFor();
    await page.keyboard.type("\n| 1 | 2 |");
    await until("text\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n| a |\n|---|\n");
    expect(await page.locator(".table-grid").count()).toBe(0);
    await page.getByText("text").click();
    await page.locator(".rendered td", { hasText: "1" }).click();
    await edited().waitFor();
  });

  test("is its source where that is asked for, and where more than it is selected", async () => {
    await open();
    await enter("Rigi");
    await page.keyboard.press("Control+Shift+V");
    await page.locator(".cm-line", { hasText: "| Rigi | 1798 |" }).waitFor();
    await page.keyboard.press("Control+Shift+V");
    await edited().waitFor();
    const from = await cell("Rigi").boundingBox();
    await page.mouse.move((from?.x ?? 0) + 20, (from?.y ?? 0) + 15);
    await page.mouse.down();
    const to = await page.getByText("And more").boundingBox();
    await page.mouse.move((to?.x ?? 0) + 40, (to?.y ?? 0) + 8, { steps: 5 });
    await page.mouse.up();
    await page.keyboard.press("Delete");
    await expect.poll(() => wire.text).not.toContain("1798");
    expect(wire.text).toContain("| **Fuji** | 3776 | volcano |");
  });

  test("is only looked at by who may only read", async () => {
    await open(DOCUMENT, "viewer");
    await cell("Rigi").click();
    await page.keyboard.type("x");
    expect(await page.locator(".table-grid").count()).toBe(0);
    expect(wire.text).toBe(DOCUMENT);
  });

  test("is found by those who hear it, in light and dark, and by a thumb", async () => {
    await open();
    await enter("Rigi");
    expect(await page.getByRole("textbox", { name: "Row 2, column 1" }).count()).toBe(1);
    expect(await violationsOn(page, IN_DOCUMENT)).toEqual([]);
    await page.close();
    await open(DOCUMENT, "owner", {
      viewport: { width: 390, height: 844 },
      colorScheme: "dark",
      hasTouch: true,
    });
    await cell("1798").tap();
    await edited().locator(":focus").waitFor();
    await page.keyboard.type("0");
    await expect.poll(() => wire.text).toMatch(/\| (?:0?1?0?7?0?9?0?8?0?) \|\n\| 槍/);
    await cell("volcano").tap();
    await expect.poll(() => edited().textContent()).toBe("volcano");
    await page.getByRole("button", { name: "Column" }).tap();
    await page.screenshot({ path: join(ARTEFACTS, "tables-phone-dark.png") });
    expect(await violationsOn(page, IN_DOCUMENT)).toEqual([]);
    await page.getByRole("menuitem", { name: "Delete the column" }).tap();
    await expect.poll(() => wire.text).not.toContain("volcano");
  });
});

/** The line and the next one change places. */
function swapLines(text: string, at: number): string {
  const lines = text.split("\n");
  return lines.toSpliced(at, 2, lines[at + 1] ?? "", lines[at] ?? "").join("\n");
}

/** The table with something before its column, in each line that has so many. */
function columns(cell: string, dashes: string, at: number): string {
  const lines = TABLE.split("\n").map((line, i) => {
    const cells = line.slice(0, -1).split(/(?<!\\)(?=\|)/);
    return cells.length < at || (cells.length === at && i !== 0)
      ? line
      : `${cells.toSpliced(at, 0, i === 1 ? dashes : cell).join("")}|`;
  });
  return lines.join("\n");
}
