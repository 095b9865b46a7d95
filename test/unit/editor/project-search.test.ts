/** Search in the project and replacing what was found. The platform is played by the code that it runs. Pictures are kept in test/artefacts. */
import { join } from "node:path";
import type { Page, Route } from "playwright-core";
import { afterEach, describe, expect, test } from "vitest";
import { findChanges, findMatches, patternOf } from "../../../images/editor/server/search/places.ts";
import { ReplaceRequest, type SearchLine, SearchQuery, UndoReplaceRequest } from "../../../shared/editor/search.ts";
import { TEXT } from "../../../shared/editor/sync.ts";
import type { Role } from "../../../shared/roles.ts";
import { hasBrowser } from "../../browser.ts";
import { PART_RULES, violationsOn } from "../axe.ts";
import { useApp } from "./app.ts";
import { ARTEFACTS } from "./app-files.ts";
import type { Wire } from "./wire.ts";

const FILES = ["a.md", "b.md", "data.csv", "plot.png"];
const DOCUMENT = `# Waves\n\nA tide comes.\n\n${"Words.\n\n".repeat(60)}And another tide goes, says *somebody*.\n`;
const LINEAGE = "3b241101-e2bb-4255-8caf-4136c566a962";

describe.skipIf(!hasBrowser)("a search in the project", () => {
  const app = useApp();
  let page: Page;
  let wire: Wire;
  /** How the next search ends. */
  let end: SearchLine;
  let wanted: ReplaceRequest | null;
  afterEach(() => page.close());

  async function open(role: Role = "owner", options = {}): Promise<void> {
    const project = { path: "a.md", text: DOCUMENT, folder: ARTEFACTS, files: FILES, role };
    ({ page, wire } = await app.open(project, options));
    end = { type: "end", why: "done", at: null };
    wanted = null;
    await page.route("**/editor/search?**", find);
    await page.route("**/editor/replace", replace);
    await page.route("**/editor/undo-replace", undo);
  }

  const fault = (route: Route, message: string) =>
    route.fulfill({ status: 400, json: { error: { code: "invalid", message } } });

  async function find(route: Route): Promise<void> {
    const asked = new URL(route.request().url()).searchParams.get("query") ?? "";
    const query = SearchQuery.parse(JSON.parse(asked));
    try {
      patternOf(query);
    } catch {
      return fault(route, "this is not a regular expression: Unterminated group");
    }
    const lines: SearchLine[] = ["a.md", "b.md"].map((path) => ({
      type: "document",
      path,
      ...findMatches(wire.text, query),
    }));
    const found = lines.filter((line) => line.type === "document" && line.count > 0);
    const body = [...found, end].map((line) => `${JSON.stringify(line)}\n`).join("");
    await route.fulfill({ contentType: "application/x-ndjson", body });
  }

  async function replace(route: Route): Promise<void> {
    wanted = ReplaceRequest.parse(route.request().postDataJSON());
    const text = wire.doc.getText(TEXT);
    const changes = findChanges(wire.text, wanted.query);
    const places = changes.map(({ from, to, insert }) => ({
      anchor: { from: "", to: "" },
      was: wire.text.slice(from, to),
      is: insert,
    }));
    for (const { from, to, insert } of changes.toReversed()) {
      text.delete(from, to - from);
      text.insert(from, insert);
    }
    const left = [{ path: "b.md", why: "it has changed since" }];
    await route.fulfill({ json: { documents: [{ path: "a.md", lineage: LINEAGE, places }], left } });
  }

  async function undo(route: Route): Promise<void> {
    const { documents } = UndoReplaceRequest.parse(route.request().postDataJSON());
    await route.fulfill({ json: { undone: (documents[0]?.places.length ?? 0) - 1, left: 1 } });
  }

  const side = () => page.getByRole("complementary", { name: "Search" });
  const words = () => side().getByRole("textbox", { name: "Search in the project" });
  const places = () => side().locator(".place");
  const said = (text: string) => side().getByText(text).waitFor();
  const selected = () => page.evaluate(() => getSelection()?.toString());
  async function search(text: string): Promise<void> {
    await page.keyboard.press("Control+Shift+F");
    await words().fill(text);
    await page.keyboard.press("Enter");
  }

  test("shows the places by document, and goes to each, in another document as well", async () => {
    await open();
    await search("tide");
    await said("4 places in 2 documents.");
    expect(await places().first().innerText()).toMatch(/^3\s+A tide comes\.$/);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect.poll(selected).toBe("tide");
    await page.getByText("And another tide goes").first().waitFor();
    // In the source, where it can be seen and changed.
    await page.locator(".cm-line", { hasText: "*somebody*" }).waitFor();
    await places().last().click();
    await page.waitForURL("**/b.md");
    await expect.poll(selected).toBe("tide");
    // It is about the project: it stays.
    expect(await places().count()).toBe(4);
    expect(await words().inputValue()).toBe("tide");
  });

  test("takes what is selected, and tells cases, words and expressions apart", async () => {
    await open();
    await page.getByText("A tide comes.").dblclick({ position: { x: 5, y: 5 } });
    await page.keyboard.press("Control+Shift+F");
    await expect.poll(() => words().inputValue()).toBe("A");
    await side().getByRole("button", { name: "Whole words" }).click();
    await said("2 places in 2 documents.");
    await side().getByRole("button", { name: "Match case" }).click();
    await words().fill("a");
    await said("Nothing was found.");
    await side().getByRole("button", { name: "Regular expression" }).click();
    await words().fill("(goes|comes");
    await said("This is not a regular expression: Unterminated group.");
    await words().fill("(goes|comes)");
    await said("4 places in 2 documents.");
  });

  test("says when there is more, and what was too slow", async () => {
    await open();
    end = { type: "end", why: "many", at: null };
    await search("tide");
    await said("4 places in 2 documents, and there are more: the first 2000 are shown.");
    end = { type: "end", why: "slow", at: "data.csv" };
    await page.keyboard.press("Enter");
    await said("4 places in 2 documents, but not everything was searched: it took too long in data.csv.");
  });

  test("shows what would be replaced, does so where it is ticked, and takes it back", async () => {
    await open();
    await search("(\\w+) tide");
    await side().getByRole("button", { name: "Regular expression" }).click();
    await said("4 places in 2 documents.");
    await side().getByRole("button", { name: "Replace", exact: true }).click();
    await page.keyboard.type("$1 wave");
    await expect
      .poll(() => side().locator("ins").allTextContents())
      .toEqual(["A wave", "another wave", "A wave", "another wave"]);
    expect(await side().locator("del").first().textContent()).toBe("A tide");
    await side().getByRole("checkbox", { name: "b.md" }).uncheck();
    await side().getByRole("button", { name: "Replace 2 places" }).click();
    await said("2 places replaced in 1 document.");
    expect(wanted?.documents).toEqual([{ path: "a.md", expected: 2 }]);
    await said("b.md is left as it is: it has changed since.");
    await page.getByText("A wave comes.").waitFor();
    await side().getByRole("button", { name: "Undo replace" }).click();
    await said("1 place undone. 1 place had changed since, and stayed.");
    expect(await side().getByRole("button", { name: "Undo replace" }).count()).toBe(0);
  });

  test("lets who may only read look, and replace nothing", async () => {
    await open("viewer");
    await search("tide");
    await said("4 places in 2 documents.");
    expect(await side().getByRole("button", { name: "Replace" }).count()).toBe(0);
    await places().nth(1).click();
    await expect.poll(selected).toContain("tide");
  });

  test("the palette opens other texts, too", async () => {
    await open();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("open");
    expect(await page.getByRole("option").locator("span").allTextContents()).toEqual([
      "Open A",
      "Open B",
      "Open data.csv",
    ]);
  });

  test.each([
    ["light", 1280],
    ["dark", 390],
  ] as const)("axe finds nothing, %s, %i px", async (colorScheme, width) => {
    await open("owner", { colorScheme, viewport: { width, height: 800 } });
    await search("tide");
    await said("4 places in 2 documents.");
    await side().getByRole("button", { name: "Replace", exact: true }).click();
    await page.keyboard.type("wave");
    await side().locator("ins", { hasText: "wave" }).first().waitFor();
    await page.screenshot({ path: join(ARTEFACTS, `project-search-${colorScheme}-${width}.png`) });
    expect(await violationsOn(page, { within: ".side-search", rules: PART_RULES })).toEqual([]);
  });
});
