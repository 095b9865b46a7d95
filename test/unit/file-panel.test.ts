/** The panel of files in a real browser, in front of an API that the test answers. Pictures are kept in test/artefacts. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Page, Route } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import { Fault } from "../../shared/daemon/fault.ts";
import type { Deleted } from "../../shared/editor/files.ts";
import type { Role } from "../../shared/roles.ts";
import { hasBrowser } from "../browser.ts";
import { violationsOn } from "./axe.ts";
import { useApp } from "./editor/app.ts";
import { ARTEFACTS, answerFor, ORIGIN } from "./editor/app-files.ts";

describe.skipIf(!hasBrowser)("the panel of files", () => {
  const app = useApp();
  let page: Page;
  let role: Role;
  let files: string[];
  let trash: Deleted[];

  beforeEach(async () => {
    role = "editor";
    files = ["01-intro.md", "mrmd.md"];
    trash = [];
    page = await app.play(answer);
  });

  async function answer(route: Route): Promise<void> {
    const { pathname } = new URL(route.request().url());
    const what = pathname.split("/").at(-1) ?? "";
    if (what === "trash") return route.fulfill({ json: { deleted: trash } });
    if (route.request().method() === "GET")
      return route.fulfill({ json: answerFor(pathname, role, files) ?? { sandboxes: [] } });
    const answered = change(what, route.request().postDataJSON());
    if (answered instanceof Fault) return route.fulfill({ status: answered.status, json: answered.toBody() });
    return route.fulfill({ json: answered });
  }

  function change(what: string, { path, id }: { path: string; id: string }): object {
    if (what === "delete") {
      files = files.filter((file) => file !== path);
      const deleted = { id: randomUUID(), path, deleted: "2027-03-01T10:00:00.000Z", by: "demo" };
      trash = [deleted, ...trash];
      return deleted;
    }
    const restored = trash.find((deleted) => deleted.id === id)?.path;
    const placed = what === "restore" ? restored : what === "duplicate" ? path.replace(".md", "-copy.md") : path;
    if (placed === undefined || files.includes(placed)) return new Fault("conflict", `there is a ${placed} already`);
    files = [...files, placed].sort();
    trash = trash.filter((deleted) => deleted.id !== id);
    return { path: placed };
  }

  const panel = () => page.getByRole("dialog", { name: "File" });
  const button = (name: string) => panel().getByRole("button", { name, exact: true });
  const says = (text: string) => panel().getByRole("status").filter({ hasText: text }).waitFor();
  const open = async (path: string) => {
    await page.goto(`${ORIGIN}/edit/@demo/thesis/${path}`);
    await page.locator(".cm-content").waitFor();
    await page.getByRole("button", { name: "File", exact: true }).click();
    await button("Create").waitFor();
  };
  const current = () => page.locator('.files [aria-current="page"]').getAttribute("title");

  test("a file is created by the keyboard alone, and is open then", async () => {
    await open("01-intro.md");
    await page.keyboard.type("02-methods.md");
    await page.keyboard.press("Enter");
    await says("02-methods.md is there.");
    expect(await current()).toBe("02-methods.md");
  });

  test("a name that is taken is refused, with the reason", async () => {
    await open("01-intro.md");
    await page.keyboard.type("01-intro.md");
    await page.keyboard.press("Enter");
    await panel().getByRole("alert").filter({ hasText: "there is a 01-intro.md already" }).waitFor();
    expect(await panel().getByLabel("New file").inputValue()).toBe("01-intro.md");
  });

  test("a copy is made, deleted and restored, and axe finds nothing", async () => {
    await open("01-intro.md");
    await button("Duplicate").click();
    await says("This is the copy.");
    expect(await current()).toBe("01-intro-copy.md");
    await button("Delete").click();
    await says("01-intro-copy.md is deleted.");
    expect(await current()).toBe("01-intro.md");
    for (const [name, width, colorScheme] of [
      ["light", 1280, "light"],
      ["dark-phone", 390, "dark"],
    ] as const) {
      await page.setViewportSize({ width, height: 720 });
      await page.emulateMedia({ colorScheme });
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "File", exact: true }).click();
      await button("Restore 01-intro-copy.md").waitFor();
      expect(await violationsOn(page, { within: ".panel" })).toEqual([]);
      await page.screenshot({ path: join(ARTEFACTS, `file-panel-${name}.png`) });
    }
    await button("Restore 01-intro-copy.md").click();
    await says("01-intro-copy.md is back.");
    await page.locator('.files [title="01-intro-copy.md"]').waitFor({ state: "attached" });
  });

  test("who may not write can take copies, and nothing else", async () => {
    role = "runner";
    await page.goto(`${ORIGIN}/edit/@demo/thesis/01-intro.md`);
    await page.locator(".cm-content").waitFor();
    await page.getByRole("button", { name: "File", exact: true }).click();
    await button("Download").waitFor();
    expect(await panel().getByRole("button").allTextContents()).toEqual(["Download", "Download as zip"]);
  });
});
