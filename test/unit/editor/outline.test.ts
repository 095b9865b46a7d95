/** The outline beside a document: its headings, the one where somebody is, and the way to each. Pictures are kept in test/artefacts. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterEach, describe, expect, test } from "vitest";
import { TEXT } from "../../../shared/editor/sync.ts";
import type { Role } from "../../../shared/roles.ts";
import { hasBrowser } from "../../browser.ts";
import { PART_RULES, violationsOn } from "../axe.ts";
import { processorTime, useApp } from "./app.ts";
import { ARTEFACTS } from "./app-files.ts";
import type { Wire } from "./wire.ts";

const PROSE = "Some words that say something of it.\n\n".repeat(30);
const DOCUMENT = `---
title: Of waves
---

# Waves

${PROSE}## Of *water*

\`\`\`python
# not a heading
\`\`\`

${PROSE}### Shallow

${PROSE}## Of light

The end.
`;

describe.skipIf(!hasBrowser)("the outline", () => {
  const app = useApp();
  let page: Page;
  let wire: Wire;
  afterEach(() => page.close());

  async function open(text = DOCUMENT, role: Role = "owner", options = {}): Promise<void> {
    const project = { path: "a.md", text, folder: ARTEFACTS, files: ["a.md"], role };
    ({ page, wire } = await app.open(project, options));
  }
  const outline = () => page.getByRole("complementary", { name: "Outline" });
  const headings = () => outline().getByRole("navigation").getByRole("button").allTextContents();
  const current = () => outline().locator("[aria-current]").textContent();
  const isInView = (name: string) =>
    page
      .getByRole("textbox", { name: "a.md" })
      .getByText(name, { exact: false })
      .first()
      .evaluate((it) => {
        const { top } = it.getBoundingClientRect();
        return top > 0 && top < innerHeight / 2;
      });
  async function show(): Promise<void> {
    await page.keyboard.press("Control+Shift+O");
    await outline().getByRole("navigation").getByRole("button").first().waitFor();
  }

  test("lists the headings by level, without what only looks like one", async () => {
    await open();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("outline");
    await page.keyboard.press("Enter");
    await outline().getByRole("button", { name: "Waves" }).waitFor();
    expect(await headings()).toEqual(["Waves", "Of water", "Shallow", "Of light"]);
    const depth = (name: string) =>
      outline()
        .getByRole("button", { name })
        .evaluate((it) => {
          let lists = 0;
          for (let at = it.closest("ul"); at; at = at.parentElement?.closest("ul") ?? null) lists++;
          return lists;
        });
    expect(await depth("Waves")).toBe(1);
    expect(await depth("Shallow")).toBe(3);
    expect(await depth("Of light")).toBe(2);
  });

  test("goes where one presses Enter, with the cursor, and says where one is", async () => {
    await open();
    await page.locator(".cm-content").click();
    await show();
    expect(await current()).toBe("Waves");
    for (const key of ["ArrowDown", "ArrowDown", "Enter"]) await page.keyboard.press(key);
    await expect.poll(current).toBe("Shallow");
    await expect.poll(() => isInView("Shallow")).toBe(true);
    await page.keyboard.type("X");
    await expect.poll(() => wire.text).toContain("X### Shallow");
  });

  test("follows whoever scrolls", async () => {
    await open(DOCUMENT, "viewer");
    await show();
    await page.locator(".cm-scroller").evaluate((it) => it.scrollTo(0, it.scrollHeight));
    await expect.poll(current).toBe("Of light");
    await page.locator(".cm-scroller").evaluate((it) => it.scrollTo(0, 0));
    await expect.poll(current).toBe("Waves");
    await outline().getByRole("button", { name: "Of light" }).click();
    await expect.poll(current).toBe("Of light");
  });

  test("changes while others type, and keeps the focus", async () => {
    await open();
    await show();
    await page.keyboard.press("End");
    wire.doc.getText(TEXT).insert(DOCUMENT.indexOf("## Of light"), "## Of sound\n\n");
    await outline().getByRole("button", { name: "Of sound" }).waitFor();
    expect(await headings()).toEqual(["Waves", "Of water", "Shallow", "Of sound", "Of light"]);
    expect(await outline().evaluate((it) => it.contains(document.activeElement))).toBe(true);
    // What was typed since it was drawn last does not lead astray.
    wire.doc.getText(TEXT).insert(DOCUMENT.indexOf("# Waves"), "Words.\n\n".repeat(40));
    await outline().getByRole("button", { name: "Of light" }).click();
    await expect.poll(() => isInView("Of light")).toBe(true);
  });

  test("says so where there are none", async () => {
    await open("Prose.\n");
    await page.keyboard.press("Control+Shift+O");
    await outline().getByText("This document has no headings yet.", { exact: false }).waitFor();
  });

  test("is quick in a document of a megabyte", async () => {
    await open(DOCUMENT.repeat(Math.ceil(1e6 / DOCUMENT.length)));
    await page.locator(".cm-content").click();
    await show();
    expect((await headings()).length).toBeGreaterThan(700);
    await page.locator(".cm-content").click();
    const soFar = await processorTime(page, "TaskDuration");
    let most = 0;
    for (const letter of "words and ") {
      const before = await soFar();
      await page.keyboard.type(letter);
      // What waits for a pause in typing is counted, too.
      await page.waitForTimeout(letter === " " ? 700 : 100);
      most = Math.max(most, (await soFar()) - before);
    }
    console.info(`most that a key takes with the outline of 1 MB: ${most.toFixed(0)} ms`);
    expect(most).toBeLessThan(250);
  });

  test.each([
    ["light", 1280],
    ["dark", 390],
  ] as const)("axe finds nothing, %s, %i px", async (colorScheme, width) => {
    await open(DOCUMENT, "owner", { colorScheme, viewport: { width, height: 800 } });
    await show();
    await outline().getByRole("button", { name: "Shallow" }).click();
    await page.screenshot({ path: join(ARTEFACTS, `outline-${colorScheme}-${width}.png`) });
    expect(await violationsOn(page, { within: ".side-outline", rules: PART_RULES })).toEqual([]);
  });
});
