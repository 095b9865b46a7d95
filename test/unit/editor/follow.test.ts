/** Two people at one document: one of them follows the other. Pictures are kept in test/artefacts. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hasBrowser } from "../../browser.ts";
import { useApp } from "./app.ts";
import { ARTEFACTS } from "./app-files.ts";

const PARAGRAPHS = 120;
const TEXT = Array.from({ length: PARAGRAPHS }, (_, i) => `Paragraph number ${i + 1} of many.`).join("\n\n");

describe.skipIf(!hasBrowser)("who follows a person", () => {
  const app = useApp();
  let ann: Page;
  let bob: Page;
  let thrown: string[];

  beforeEach(async () => {
    thrown = [];
    const project = { path: "a.md", files: ["a.md", "b.md"], folder: tmpdir(), text: TEXT };
    const first = await app.open(project);
    ann = first.page;
    bob = (await app.open(project, {}, first.wire)).page;
    for (const page of [ann, bob]) page.on("pageerror", ({ message }) => thrown.push(message));
    await bob.locator(".rendered").first().click();
    await badge().waitFor();
  });
  afterEach(async () => {
    await ann.close();
    await bob.close();
    expect(thrown).toEqual([]);
  });

  const badge = () => ann.getByRole("button", { name: "Follow Demo" });
  const note = () => ann.getByText("Following Demo");
  const scrolled = () => ann.locator(".cm-scroller").evaluate((it) => it.scrollTop);
  const bobGoesTo = (key: string) => bob.keyboard.press(key);
  /** Pixels from the top of the document to the bar beside Bob's block. */
  const bar = () => ann.locator(".block-person").evaluate((it) => Number.parseFloat((it as HTMLElement).style.top));
  const isAt = (paragraph: number) => ann.getByText(`Paragraph number ${paragraph} of many.`).isVisible();

  test("sees where they are, wherever they go, under their name", async () => {
    await badge().click();
    await note().waitFor();
    expect(await badge().getAttribute("aria-pressed")).toBe("true");
    await bobGoesTo("Control+End");
    await expect.poll(() => isAt(PARAGRAPHS)).toBe(true);
    await ann.locator(".block-person").first().waitFor();
    await ann.screenshot({ path: join(ARTEFACTS, "following.png") });
    await bobGoesTo("Control+Home");
    await expect.poll(scrolled).toBe(0);
  });

  test("is brought to where they are already", async () => {
    await bobGoesTo("Control+End");
    await badge().click();
    await expect.poll(() => isAt(PARAGRAPHS)).toBe(true);
  });

  test.each([
    ["scrolls", (page: Page) => page.mouse.wheel(0, 40)],
    ["types", (page: Page) => page.keyboard.press("x")],
  ])("goes their own way once they %s", async (_, act) => {
    await ann.locator(".rendered").first().click();
    await badge().click();
    await note().waitFor();
    await ann.locator(".cm-content").focus();
    await ann.mouse.move(640, 500);
    await act(ann);
    await note().waitFor({ state: "detached" });
    const before = await scrolled();
    await bobGoesTo("Control+End");
    await expect.poll(bar).toBeGreaterThan(2_000);
    expect(await scrolled()).toBeLessThan(before + 100);
  });

  test("presses again to stop, and stops when they leave", async () => {
    await badge().click();
    await badge().click();
    await note().waitFor({ state: "detached" });
    await badge().click();
    await note().waitFor();
    await bob.getByRole("link", { name: "B", exact: true }).click();
    await note().waitFor({ state: "detached" });
  });

  test("sees who is in another document, and goes there with a press", async () => {
    const people = [
      { path: "a.md", handle: "zoe", name: "Zoe", color: "hsl(20 65% 42%)" },
      { path: "b.md", handle: "demo", name: "Demo", color: "hsl(90 65% 42%)" },
      { path: "b.md", handle: "alice", name: "Alice", color: "hsl(200 65% 42%)" },
    ];
    await ann.route("**/editor/people", (route) => route.fulfill({ json: { people } }));
    await ann.reload();
    const alice = ann.getByRole("button", { name: "Alice is in b.md: go there" });
    await alice.waitFor();
    expect(await ann.getByRole("button", { name: /go there/ }).count()).toBe(1);
    await ann.screenshot({ path: join(ARTEFACTS, "elsewhere.png"), clip: { x: 0, y: 0, width: 1280, height: 60 } });
    await alice.click();
    await expect.poll(() => new URL(ann.url()).pathname).toBe("/edit/@demo/thesis/b.md");
  });
});
