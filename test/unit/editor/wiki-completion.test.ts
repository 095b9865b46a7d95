/** Links are completed while they are typed: pages, headings, files. Pictures are kept in test/artefacts. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { TEXT } from "../../../shared/editor/sync.ts";
import { hasBrowser } from "../../browser.ts";
import { PART_RULES, violationsOn } from "../axe.ts";
import { useApp } from "./app.ts";
import { ARTEFACTS } from "./app-files.ts";
import type { Wire } from "./wire.ts";

const FILES = [
  "01-waves.md",
  "02-tides.md",
  "03-more/01-setup.md",
  "04-start/01-setup.md",
  "_assets/plot.png",
  "data.csv",
];
const DOCUMENT = "# Waves\n\n## Of light\n\n```python\nx = 1\n```\n\nWords\n\n";

describe.skipIf(!hasBrowser)("a link that is typed", () => {
  const app = useApp();
  let folder: string;
  let page: Page;
  let wire: Wire;
  /** What was asked of the platform for it. */
  let asked: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "links-"));
    await writeFile(join(folder, "02-tides.md"), "# Tides\n\n## High *water*\n\n## Twice\n\n## Twice\n");
  });
  afterAll(() => rm(folder, { recursive: true }));
  afterEach(() => page.close());

  async function open(options = {}, text = DOCUMENT): Promise<void> {
    ({ page, wire } = await app.open({ path: "01-waves.md", text, folder, files: FILES }, options));
    asked = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.route("**/editor/tree", (route) =>
      route.fulfill({ json: { files: FILES, titles: { "02-tides.md": "Of the tides" } } }),
    );
    await page.locator(".cm-content").click();
    // What completes is loaded behind the document, and says so with what happens next.
    await expect
      .poll(async () => {
        await page.keyboard.press("Control+Home");
        await page.keyboard.press("Control+End");
        return page.locator(".cm-content[aria-autocomplete=list]").count();
      })
      .toBe(1);
  }
  const list = () => page.getByRole("listbox", { name: "Completions" });
  const options = () => list().getByRole("option").allInnerTexts();
  const first = () => list().locator("[aria-selected]");
  const written = () => wire.text.slice(DOCUMENT.length);
  async function type(text: string): Promise<void> {
    await page.keyboard.type(text);
    await list().waitFor();
  }
  /** CodeMirror takes no key for a moment after the list appears, lest one chooses what one has not seen. */
  const settled = () => page.waitForTimeout(120);
  /** @param name of what is chosen by then: by a single letter only what begins with it is found, so that the list may go and come. */
  async function choose(name: string, key = "Enter"): Promise<void> {
    await expect.poll(() => first().innerText()).toContain(name);
    await settled();
    await page.keyboard.press(key);
  }

  test("offers the pages by title and path, and what is meant from here at the end", async () => {
    await open();
    expect(asked.filter((path) => path.endsWith("/tree"))).toEqual([]);
    await type("[[");
    const names = (await options()).map((text) => text.replace(/\s+/g, " ").trim());
    expect(names.slice(0, 3)).toEqual([
      "Of the tides 02-tides.md",
      "Setup 03-more/01-setup.md",
      "Setup 04-start/01-setup.md",
    ]);
    expect(names.slice(3).map((name) => name.split(" ")[0])).toEqual(["next", "up", "home", "toc"]);
    await page.keyboard.type("tid");
    await choose("Of the tides");
    await expect.poll(written).toBe("[[tides]]");
    await page.keyboard.type(".");
    await expect.poll(written).toBe("[[tides]].");
    expect(asked.filter((path) => path.endsWith("/tree"))).toHaveLength(1);
  });

  test("means exactly the page that was chosen, also where others have its name", async () => {
    await open();
    await type("[[setup");
    await settled();
    await page.keyboard.press("ArrowDown");
    await choose("04-start", "Tab");
    await expect.poll(written).toBe("[[start/setup]]");
  });

  test("goes on with the headings of the page that is chosen, which are asked for only then", async () => {
    await open();
    await type("[[tid");
    expect(asked.filter((path) => path.endsWith("/file"))).toEqual([]);
    await choose("Of the tides", "#");
    await expect.poll(written).toBe("[[tides#");
    await expect.poll(async () => (await options()).join()).toContain("High water");
    await page.keyboard.type("twi");
    await settled();
    await page.keyboard.press("ArrowDown");
    await choose("Twice");
    await expect.poll(written).toBe("[[tides#twice-1]]");
  });

  test("has the headings of this document behind a # alone, as they are now", async () => {
    await open();
    await page.keyboard.type("## Of sound\n\n");
    await type("[[#");
    expect((await options()).map((text) => text.split("\n")[0]?.trim())).toEqual(["Waves", "Of light", "Of sound"]);
    await page.keyboard.type("sou");
    await choose("Of sound");
    await expect.poll(written).toBe("## Of sound\n\n[[#Of sound]]");
  });

  test("keeps the label and the end that it has when its target is changed", async () => {
    await open();
    await page.keyboard.insertText("[[old|the words]]");
    for (let i = 0; i < "|the words]]".length; i++) await page.keyboard.press("ArrowLeft");
    for (let i = 0; i < 3; i++) await page.keyboard.press("Backspace");
    await type("tid");
    await choose("Of the tides");
    await expect.poll(written).toBe("[[tides|the words]]");
  });

  test("offers files behind ](, and pictures for an image", async () => {
    await open();
    await type("[data](");
    await page.keyboard.type("csv");
    await choose("data.csv");
    await expect.poll(written).toBe("[data](data.csv)");
    await type(" ![](");
    expect(await options()).toEqual(["_assets/plot.png"]);
    await choose("plot");
    await expect.poll(written).toBe("[data](data.csv) ![](_assets/plot.png)");
  });

  test("is left alone in code", async () => {
    await open();
    await page.keyboard.type("``");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.type("[[ti");
    await page.waitForTimeout(400);
    expect(await list().count()).toBe(0);
    await page.keyboard.press("Control+Home");
    for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("End");
    await page.keyboard.type("\ny[0](");
    await page.waitForTimeout(400);
    expect(await list().count()).toBe(0);
    expect(asked.filter((path) => path.endsWith("/tree"))).toEqual([]);
  });

  test("stays open while others type elsewhere, and stands where it should", async () => {
    await open();
    await type("[[ti");
    wire.doc.getText(TEXT).insert(0, "Somebody's words.\n\n");
    await page.getByText("Somebody's words.").first().waitFor();
    expect(await first().innerText()).toContain("Of the tides");
    await page.keyboard.type("d");
    await choose("Of the tides");
    await expect.poll(() => wire.text.endsWith("Words\n\n[[tides]]")).toBe(true);
  });

  test("Escape closes the list, and one types on", async () => {
    await open();
    await type("[[ti");
    await page.keyboard.press("Escape");
    await list().waitFor({ state: "hidden" });
    await page.keyboard.press("Enter");
    await expect.poll(written).toBe("[[ti\n");
  });

  test.each([
    ["light", 1280],
    ["dark", 390],
  ] as const)("axe finds nothing, %s, %i px", async (colorScheme, width) => {
    await open({ colorScheme, viewport: { width, height: 800 } });
    await type("[[");
    await page.screenshot({ path: join(ARTEFACTS, `wiki-completion-${colorScheme}-${width}.png`) });
    expect(await violationsOn(page, { within: ".cm-tooltip", rules: PART_RULES })).toEqual([]);
  });
});
