/** The palette: all commands and documents by name, from the keyboard. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterEach, describe, expect, test } from "vitest";
import type { Role } from "../../../shared/roles.ts";
import { hasBrowser } from "../../browser.ts";
import { violationsOn } from "../axe.ts";
import { useApp } from "./app.ts";
import { ARTEFACTS } from "./app-files.ts";

describe.skipIf(!hasBrowser)("the palette", () => {
  const app = useApp();
  let page: Page;
  afterEach(() => page.close());

  async function open(role: Role = "owner", options = {}): Promise<void> {
    const files = ["01-waves.md", "02-more/01-tides.md", "data.csv"];
    const project = { path: "01-waves.md", text: "# Waves\n\nProse.\n", folder: ARTEFACTS, files, role };
    ({ page } = await app.open(project, options));
  }
  const input = () => page.getByRole("combobox");
  async function press(): Promise<void> {
    await page.keyboard.press("Control+k");
    await input().waitFor();
  }
  const options = () => page.getByRole("option").locator("span").allTextContents();
  const selected = () => page.locator("[role=option][aria-selected]").locator("span").textContent();

  test("opens over what one writes, and gives the focus back", async () => {
    await open();
    await page.locator(".cm-content").click();
    await press();
    await page.keyboard.press("Control+k");
    await page.waitForTimeout(100);
    expect(await input().count()).toBe(1);
    expect(await input().evaluate((it) => it === document.activeElement)).toBe(true);
    expect(await options()).toContain("Run all cells");
    await page.keyboard.press("Escape");
    expect(await input().count()).toBe(0);
    expect(await page.locator(".cm-content").evaluate((it) => it.contains(document.activeElement))).toBe(true);
  });

  test("goes to a document by a few letters", async () => {
    await open();
    await press();
    await input().fill("tid");
    expect(await options()).toEqual(["Open Tides"]);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/02-more/01-tides.md");
    expect(await input().count()).toBe(0);
  });

  test("does what the tools do, and is gone through by the arrow keys", async () => {
    await open();
    await press();
    await input().fill("s");
    const [first, second] = await options();
    expect(await selected()).toBe(first);
    await page.keyboard.press("ArrowDown");
    expect(await selected()).toBe(second);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    expect(await selected()).toBe((await options()).at(-1));
    await input().fill("no such thing");
    await page.getByText("Nothing is called so.").waitFor();
    await page.keyboard.press("Enter");
    await input().fill("source");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Source", pressed: true }).waitFor();
    await page.getByRole("button", { name: "Commands" }).click();
    await page.getByRole("option", { name: "Share thesis" }).click();
    await page.getByRole("dialog", { name: "Share" }).waitFor();
  });

  test("has nothing that the person may not do", async () => {
    await open("viewer");
    await press();
    const names = await options();
    expect(names).toContain("Open Tides");
    expect(names.filter((name) => /^Run|Restart|Snapshots|New/.test(name))).toEqual([]);
  });

  test.each([
    ["light", 1280],
    ["dark", 390],
  ] as const)("axe finds nothing, %s, %i px", async (colorScheme, width) => {
    await open("owner", { colorScheme, viewport: { width, height: 800 } });
    await press();
    await page.screenshot({ path: join(ARTEFACTS, `palette-${colorScheme}-${width}.png`) });
    expect(await violationsOn(page)).toEqual([]);
  });
});
