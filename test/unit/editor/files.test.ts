/** The column of files: moved, renamed, deleted and brought back, by mouse and by keys. Pictures are kept in test/artefacts. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterEach, describe, expect, test } from "vitest";
import { Fault } from "../../../shared/daemon/fault.ts";
import type { MoveRequest } from "../../../shared/editor/files.ts";
import { planMove, planRename, type Rename, renamed } from "../../../shared/fsml/moves.ts";
import type { Role } from "../../../shared/roles.ts";
import { hasBrowser } from "../../browser.ts";
import { violationsOn } from "../axe.ts";
import { useApp } from "./app.ts";
import { ARTEFACTS, answerFor } from "./app-files.ts";
import { Wire } from "./wire.ts";

const FILES = ["01-waves.md", "02-tides.md", "03-more/01-foam.md", "_drafts/x.md", "data.csv", "mrmd.md"];

describe.skipIf(!hasBrowser)("the column of files", () => {
  const app = useApp();
  let page: Page;
  let wire: Wire;
  let files: string[];
  let asked: (MoveRequest | { id: string })[];
  afterEach(() => page.close());

  async function open(role: Role = "owner", options = {}): Promise<void> {
    files = [...FILES];
    asked = [];
    wire = new Wire("# Waves\n\nProse.\n", role);
    const project = { path: "01-waves.md", text: "", folder: ARTEFACTS, files, role };
    ({ page } = await app.open(project, options, wire));
    const moves = new Map<string, Rename[]>();
    await page.route(/\/editor\/(move|undo-move|delete|restore)$/, (route) => {
      const body = route.request().postDataJSON();
      asked.push(body);
      const what = new URL(route.request().url()).pathname.split("/").at(-1);
      const id = randomUUID();
      try {
        if (what === "delete") {
          files.splice(0, files.length, ...files.filter((path) => path !== body.path));
          return route.fulfill({ json: { id, path: body.path, deleted: new Date().toISOString(), by: "demo" } });
        }
        if (what === "restore") {
          files.push("02-tides.md");
          return route.fulfill({ json: { path: "02-tides.md" } });
        }
        const back = (moves.get(body.id) ?? []).map(({ from, to }) => ({ from: to, to: from }));
        const renames = what === "undo-move" ? back : plan(body);
        moves.set(id, renames);
        files.splice(0, files.length, ...files.map((path) => renamed(renames, path)));
        return route.fulfill({ json: { id, renames, relinked: 1 } });
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        return route.fulfill({ status: error.status, json: error.toBody() });
      }
    });
    await page.route(/\/api\/projects\/[^/]+$/, (route) =>
      route.fulfill({ json: answerFor(new URL(route.request().url()).pathname, role, files) ?? {} }),
    );
  }
  const plan = (wanted: MoveRequest) =>
    "name" in wanted ? planRename(files, wanted.path, wanted.name) : planMove(files, wanted.path, wanted);
  const nav = () => page.getByRole("navigation", { name: "Files" });
  const link = (name: string) => nav().getByRole("link", { name, exact: true });
  const names = () =>
    nav()
      .locator("li[data-path]")
      .evaluateAll((items) => items.map((item) => (item as HTMLElement).dataset.path));
  const says = (text: string) => nav().getByRole("status").filter({ hasText: text }).waitFor();
  const undo = () => nav().getByRole("button", { name: "Undo" });

  async function pressF2(): Promise<void> {
    await page.keyboard.press("F2");
    await nav().getByRole("textbox").waitFor();
  }

  test("F2 renames, between number and ending, and the document that is open goes along", async () => {
    await open();
    await page.locator(".cm-content").click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type("typed");
    await link("Waves").focus();
    await pressF2();
    await page.keyboard.type("swell");
    await page.keyboard.press("Enter");
    await says("01-waves.md is 01-swell.md now. Links in one document follow.");
    expect(asked).toEqual([{ path: "01-waves.md", name: "01-swell.md" }]);
    await wire.moveTo("01-swell.md");
    await page.waitForURL("**/01-swell.md");
    await page.locator(".sync", { hasText: "Saved" }).waitFor();
    expect(await link("Swell").getAttribute("aria-current")).toBe("page");
    expect(wire.text).toBe("# Waves\n\nProse.\ntyped");
    await undo().click();
    await says("All is where it was.");
    expect(await names()).toContain("01-waves.md");
  });

  test("the cursor stays where it is when the document under it gets another name", async () => {
    await open();
    await page.locator(".cm-content").click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type("one two");
    await page.keyboard.press("ArrowLeft");
    await page.locator(".sync", { hasText: "Saved" }).waitFor();
    files.splice(0, 1, "01-swell.md");
    await wire.moveTo("01-swell.md");
    await page.waitForURL("**/01-swell.md");
    await page.locator(".cm-content").filter({ hasText: "one two" }).waitFor();
    await page.waitForFunction(() => document.activeElement?.classList.contains("cm-content"));
    await page.keyboard.type("!");
    await expect.poll(() => wire.text).toBe("# Waves\n\nProse.\none tw!o");
  });

  test("a name that is taken is refused, with the reason, and nothing changes", async () => {
    await open();
    await link("Waves").focus();
    await pressF2();
    await page.keyboard.press("Control+a");
    await page.keyboard.type("02-tides.md");
    await page.keyboard.press("Enter");
    await nav().getByRole("alert").filter({ hasText: "there is a 02-tides.md already" }).waitFor();
    expect(await names()).toContain("01-waves.md");
    await link("Waves").focus();
    await pressF2();
    await page.keyboard.press("Escape");
    expect(asked).toHaveLength(1);
    expect(await link("Waves").evaluate((it) => it === document.activeElement)).toBe(true);
  });

  test("what is dragged between two others stands there, with the numbers that it takes", async () => {
    await open();
    await nav().hover();
    await link("Tides").dragTo(link("Waves"), { targetPosition: { x: 20, y: 2 } });
    await says("02-tides.md is 01-tides.md now. One other has another number.");
    expect(asked).toEqual([{ path: "02-tides.md", folder: "", before: "01-waves.md" }]);
    await page.waitForFunction(() => !document.querySelector("[data-drop]"));
    await link("Waves").dragTo(nav().locator("summary", { hasText: "More" }));
    await says("is 03-more/02-waves.md now");
    expect(asked.at(-1)).toEqual({ path: "02-waves.md", folder: "03-more" });
    await page.keyboard.press("Control+z");
    await says("All is where it was.");
    expect(await names()).toContain("02-waves.md");
  });

  test("keys move it up and down, and the focus goes along", async () => {
    await open();
    await link("Tides").focus();
    await page.keyboard.press("Alt+ArrowUp");
    await says("is 01-tides.md now");
    expect(await link("Tides").evaluate((it) => it === document.activeElement)).toBe(true);
    await page.keyboard.press("Alt+ArrowDown");
    await says("is 03-tides.md now");
    await page.keyboard.press("Alt+ArrowDown");
    await says("is 05-tides.md now");
    expect(asked.at(-1)).toEqual({ path: "03-tides.md", folder: "", before: null });
  });

  test("the menu of an item is opened by its button, by the right mouse button, and gone through by keys", async () => {
    await open();
    await nav().hover();
    await nav().getByRole("button", { name: "Actions for Tides" }).focus();
    await page.keyboard.press("Enter");
    const menu = page.getByRole("menu", { name: "Actions" });
    await menu.waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Escape");
    await menu.waitFor({ state: "detached" });
    await link("Tides").click({ button: "right" });
    expect(await menu.getByRole("menuitem").locator("span").allTextContents()).toEqual([
      "Rename",
      "Move up",
      "Move down",
      "Move into 03-more",
      "Move into _drafts",
      "Duplicate",
      "Delete",
    ]);
    await menu.getByRole("menuitem", { name: "Delete" }).click();
    await says("02-tides.md is deleted.");
    expect(await names()).not.toContain("02-tides.md");
    await undo().click();
    await says("02-tides.md is back.");
    expect(await names()).toContain("02-tides.md");
  });

  test("a folder that was closed stays so when files change, and the focus stays where it was", async () => {
    await open();
    await nav().locator("summary", { hasText: "More" }).click();
    expect(await link("Foam").isVisible()).toBe(false);
    await link("Tides").focus();
    files.push("04-new.md");
    await link("New").waitFor({ timeout: 10_000 });
    expect(await link("Foam").isVisible()).toBe(false);
    expect(await link("Tides").evaluate((it) => it === document.activeElement)).toBe(true);
  });

  test("commands do the same for the document that is open", async () => {
    await open();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("move this document down");
    await page.keyboard.press("Enter");
    await says("01-waves.md is 03-waves.md now");
  });

  test("who may not write has no actions, and drags nothing", async () => {
    await open("runner");
    expect(
      await nav()
        .getByRole("button", { name: /Actions/ })
        .count(),
    ).toBe(0);
    await link("Tides").dragTo(link("Waves"), { targetPosition: { x: 20, y: 2 } });
    await link("Waves").focus();
    await page.keyboard.press("F2");
    expect(await nav().getByRole("textbox").count()).toBe(0);
    expect(asked).toEqual([]);
  });

  test.each([
    ["light", 1280],
    ["dark", 390],
  ] as const)("axe finds nothing, %s, %i px", async (colorScheme, width) => {
    await open("owner", { colorScheme, viewport: { width, height: 800 } });
    if (width === 390) await page.getByRole("button", { name: "Files", exact: true }).click();
    await link("Tides").focus();
    await page.keyboard.press("Alt+ArrowUp");
    await says("is 01-tides.md now");
    await nav().getByRole("button", { name: "Actions for Tides" }).click();
    await page.getByRole("menu").waitFor();
    await page.screenshot({ path: join(ARTEFACTS, `files-${colorScheme}-${width}.png`) });
    expect(await violationsOn(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await link("Waves").focus();
    await pressF2();
    await page.screenshot({ path: join(ARTEFACTS, `files-rename-${colorScheme}-${width}.png`) });
    expect(await violationsOn(page)).toEqual([]);
  });
});
