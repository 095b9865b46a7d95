/** Find and replace in the open document, also in what is shown rendered. Pictures are kept in test/artefacts. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterEach, describe, expect, test } from "vitest";
import type { Role } from "../../../shared/roles.ts";
import { hasBrowser } from "../../browser.ts";
import { PART_RULES, violationsOn } from "../axe.ts";
import { useApp } from "./app.ts";
import { ARTEFACTS } from "./app-files.ts";
import type { Wire } from "./wire.ts";

const DOCUMENT = `# Waves\n\nA tide comes.\n\n${"Words.\n\n".repeat(60)}And another *tide* goes.\n\n| a | b |\n| - | - |\n| tide | 2 |\n`;

describe.skipIf(!hasBrowser)("find and replace", () => {
  const app = useApp();
  let page: Page;
  let wire: Wire;
  afterEach(() => page.close());

  const panel = () => page.locator(".cm-search");
  async function open(role: Role = "owner", options = {}): Promise<void> {
    const project = { path: "a.md", text: DOCUMENT, folder: ARTEFACTS, files: ["a.md"], role };
    ({ page, wire } = await app.open(project, options));
    await page.locator(".cm-content").click({ position: { x: 40, y: 10 } });
    // It is loaded behind the document.
    await expect
      .poll(async () => {
        await page.keyboard.press("Control+f");
        return panel().count();
      })
      .toBe(1);
    await page.keyboard.type("tide");
  }
  const line = (text: string) => page.locator(".cm-line", { hasText: text });

  test.each(["owner", "viewer"] as const)("reveals a match in a rendered block, to a %s", async (role) => {
    await open(role);
    await page.keyboard.press("Enter");
    await line("A tide comes.").waitFor();
    await page.keyboard.press("Enter");
    await line("And another *tide* goes.").waitFor();
    expect(await line("A tide comes.").count()).toBe(0);
    await page.keyboard.press("Enter");
    await line("| tide | 2 |").waitFor();
    expect(await page.locator(".cm-searchMatch-selected").textContent()).toBe("tide");
    expect(await page.getByRole("button", { name: "replace all" }).count()).toBe(role === "owner" ? 1 : 0);
    // Whoever only reads sees the page again when they look elsewhere.
    if (role !== "viewer") return;
    await page.keyboard.press("Escape");
    await page.keyboard.press("ArrowLeft");
    await line("| tide | 2 |").waitFor({ state: "hidden" });
  });

  test("replaces one and all, wherever they are", async () => {
    await open();
    await page.getByRole("textbox", { name: "Replace" }).click();
    await page.keyboard.type("wave");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await expect.poll(() => wire.text).toContain("A wave comes.");
    expect(wire.text).toContain("*tide*");
    await page.getByRole("button", { name: "replace all" }).click();
    await expect.poll(() => wire.text).toBe(DOCUMENT.replaceAll("tide", "wave"));
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+z");
    await expect.poll(() => wire.text).toContain("*tide*");
  });

  test("is in the palette", async () => {
    await open();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("find");
    await page.keyboard.press("Enter");
    await panel().waitFor();
    expect(await panel().evaluate((it) => it.contains(document.activeElement))).toBe(true);
  });

  test.each([
    ["light", 1280],
    ["dark", 1280],
    ["dark", 390],
  ] as const)("axe finds nothing, %s, %i px", async (colorScheme, width) => {
    await open("owner", { colorScheme, viewport: { width, height: 800 } });
    await page.keyboard.press("Enter");
    await line("A tide comes.").waitFor();
    await page.screenshot({ path: join(ARTEFACTS, `find-${colorScheme}-${width}.png`) });
    expect(await violationsOn(page, { within: ".cm-panels", rules: PART_RULES })).toEqual([]);
  });
});
