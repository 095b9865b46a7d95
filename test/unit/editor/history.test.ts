/** The history of a document in a real browser: what changed, who changed it, and the way back. Pictures are kept in test/artefacts. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Author, VersionList } from "../../../shared/editor/history.ts";
import type { Role } from "../../../shared/roles.ts";
import { hasBrowser } from "../../browser.ts";
import { PART_RULES, violationsOn } from "../axe.ts";
import { type Opened, useApp } from "./app.ts";
import { ARTEFACTS, ME } from "./app-files.ts";

const TEXTS = [
  "# Waves\n\nSome prose.\n",
  "# Waves\n\nSome slanted prose, and more of it.\n\nA new paragraph.\n",
  "# Waves\n\nSome slanted prose, and less of it.\n\nA new paragraph.\n",
];
const NOW = "# Waves\n\nSome slanted prose, and less of it.\n\nA new paragraph.\n\nThe end.\n";
const ALICE: Author = { kind: "person", userId: ME, handle: "alice", name: "Alice" };
const AUTHORS: Author[][] = [[], [ALICE, { kind: "cell" }], [{ kind: "program" }]];

describe.skipIf(!hasBrowser)("history", () => {
  const app = useApp();
  let page: Page;
  let wire: Opened["wire"];
  /** What was asked of the editor server about versions. */
  let asked: string[];
  let thrown: string[];

  beforeEach(() => {
    asked = [];
    thrown = [];
  });
  afterEach(async () => {
    await page.close();
    expect(thrown).toEqual([]);
  });

  const list: VersionList = {
    versions: AUTHORS.map((authors, i) => ({
      id: i + 1,
      began: `2027-03-01T1${i}:00:00.000Z`,
      ended: `2027-03-01T1${i}:05:00.000Z`,
      authors,
    })),
    current: { began: "2027-03-01T13:00:00.000Z", authors: [ALICE] },
  };

  async function open(role: Role = "editor", options = {}): Promise<void> {
    const project = { path: "a.md", files: ["a.md"], folder: tmpdir(), text: NOW, role };
    ({ page, wire } = await app.open(project, options));
    page.on("pageerror", ({ message }) => thrown.push(message));
    await page.route(/\/editor\/(versions|version|keep)(\?|$)/, (route) => {
      const { pathname, searchParams } = new URL(route.request().url());
      const door = pathname.split("/").at(-1);
      asked.push(`${route.request().method()} ${door}`);
      if (door === "version") return route.fulfill({ json: { text: TEXTS[Number(searchParams.get("version")) - 1] } });
      return route.fulfill({ json: door === "versions" ? list : { kept: true } });
    });
    await page.locator(".rendered").first().waitFor();
    await page.getByRole("button", { name: "History" }).click();
    await dialog().getByRole("listitem").nth(3).waitFor();
  }

  const dialog = () => page.getByRole("dialog", { name: "History" });
  const version = (text: string) => dialog().getByRole("listitem").filter({ hasText: text }).getByRole("button");
  const rows = () => dialog().locator(".row").allTextContents();

  test("says who changed it, newest first, and what they changed", async () => {
    await open();
    const who = await dialog().getByRole("listitem").locator(".hint").allTextContents();
    expect(who).toEqual(["Alice", "a program", "Alice and a cell’s output", "as it was found"]);
    await expect.poll(rows).toEqual(expect.arrayContaining(["+The end."]));
    await version("a program").click();
    await expect
      .poll(rows)
      .toEqual(
        expect.arrayContaining(["−Some slanted prose, and more of it.", "+Some slanted prose, and less of it."]),
      );
    expect(await dialog().locator("mark").allTextContents()).toEqual(["more", "less"]);
    await version("as it was found").click();
    await expect.poll(rows).toEqual([" # Waves", " ", " Some prose."]);
    await dialog().getByLabel("Compare with what it is now").check();
    await expect.poll(rows).toEqual(expect.arrayContaining(["+The end."]));
  });

  test("a version is restored as an edit: what is there now is kept, and Ctrl-Z takes it back", async () => {
    await open();
    await version("as it was found").click();
    await dialog().getByRole("button", { name: "Restore this version" }).click();
    await dialog().waitFor({ state: "detached" });
    await expect.poll(() => wire.text).toBe(TEXTS[0]);
    expect(asked).toContain("POST keep");
    await page.keyboard.press("Control+z");
    await expect.poll(() => wire.text).toBe(NOW);
  });

  test("who may not write reads all of it, and has nothing to restore with", async () => {
    await open("viewer");
    await version("as it was found").click();
    await expect.poll(rows).toEqual([" # Waves", " ", " Some prose."]);
    expect(await dialog().getByRole("button", { name: "Restore this version" }).isVisible()).toBe(false);
    await page.keyboard.press("Escape");
    await dialog().waitFor({ state: "detached" });
    expect(asked).not.toContain("POST keep");
  });

  test.each([
    ["light", 1280],
    ["dark", 1280],
    ["light", 390],
    ["dark", 390],
  ] as const)("axe finds nothing in the %s at %i pixels, and it fits", async (colorScheme, width) => {
    await open("owner", { colorScheme, viewport: { width, height: 800 } });
    await version("Alice and").click();
    await dialog().locator("ins").first().waitFor();
    await page.screenshot({ path: join(ARTEFACTS, `history-${colorScheme}-${width}.png`) });
    expect(await violationsOn(page, { within: "dialog", rules: PART_RULES })).toEqual([]);
    const box = await dialog().boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width);
    expect(await dialog().evaluate((it) => it.scrollWidth <= it.clientWidth)).toBe(true);
  });
});
