/** Comments in a real browser: beginning one, answering, resolving, and where their passages are seen. Pictures are kept in test/artefacts. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { changed } from "../../../images/editor/server/comments/change.ts";
import type { Actor } from "../../../shared/daemon/actor.ts";
import { Fault } from "../../../shared/daemon/fault.ts";
import { anchorOf, passageOf } from "../../../shared/editor/anchor.ts";
import { CommentRequest, type Thread } from "../../../shared/editor/comments.ts";
import { TEXT } from "../../../shared/editor/sync.ts";
import type { Role } from "../../../shared/roles.ts";
import { hasBrowser } from "../../browser.ts";
import { PART_RULES, violationsOn } from "../axe.ts";
import { type Opened, useApp } from "./app.ts";
import { ARTEFACTS, ME } from "./app-files.ts";

const DOCUMENT = `# Waves

Some *slanted* prose with a [link](https://example.org) and a word or two.
Its second line.

Another paragraph.

\`\`\`python
print("drawn")
\`\`\`
`;
const ALICE = "3f0c1a52-58d4-4d25-9be2-0c5f3c1f6a10";
const FIRST = "5b2a4d0e-7a63-4d0a-8f0c-2f6f1f8a9b11";
const REPLY = "0d3c1f5e-91f0-4b0b-9d6b-8f5c2f0a7c21";

describe.skipIf(!hasBrowser)("comments", () => {
  const app = useApp();
  let page: Page;
  let wire: Opened["wire"];
  let threads: readonly Thread[];
  /** What the next change is refused with. */
  let refusal: Fault | null;
  let thrown: string[];
  let loaded: string[];

  beforeEach(() => {
    threads = [];
    refusal = null;
    thrown = [];
    loaded = [];
  });
  afterEach(async () => {
    await page.close();
    expect(thrown).toEqual([]);
  });

  const person = (userId: string, role: Role): Actor =>
    userId === ME ? { userId, handle: "demo", name: "Demo", role } : { userId, handle: "alice", name: "Alice", role };

  /** As the editor server does it. */
  function change(request: object, userId = ALICE, role: Role = "editor"): void {
    const text = wire.doc.getText(TEXT);
    const asked = {
      request: CommentRequest.parse({ path: "a.md", ...request }),
      actor: person(userId, role),
      at: "2027-03-01T10:00:00.000Z",
    };
    threads = changed(threads, asked, (anchor) => {
      const passage = passageOf(text, anchor);
      return passage && wire.text.slice(passage.from, passage.to);
    });
    wire.tell({ type: "all", threads: [...threads] });
  }

  const begin = (words: string, text: string, comment = FIRST) => {
    const from = wire.text.indexOf(words);
    const anchor = anchorOf(wire.doc.getText(TEXT), { from, to: from + words.length });
    change({ do: "begin", comment, anchor, text });
  };

  async function open(role: Role = "owner", options = {}): Promise<void> {
    const project = { path: "a.md", files: ["a.md"], folder: tmpdir(), text: DOCUMENT, role };
    ({ page, wire } = await app.open(project, options));
    page.on("pageerror", ({ message }) => thrown.push(message));
    page.on("request", (request) => loaded.push(request.url()));
    await page.route("**/editor/comments", async (route) => {
      if (refusal) return route.fulfill({ status: refusal.status, json: refusal.toBody() });
      change(route.request().postDataJSON(), ME, role);
      return route.fulfill({ json: { kept: true } });
    });
    await page.locator(".rendered").first().waitFor();
  }

  const opener = () => page.getByRole("button", { name: /^Comments/ });
  const panel = () => page.getByRole("complementary", { name: "Comments" });
  const button = (name: string | RegExp) => panel().getByRole("button", { name });
  const field = (label: string) => panel().getByRole("textbox", { name: label });
  const select = async () => {
    await page.locator(".rendered p", { hasText: "Another" }).click();
    await page.keyboard.press("Home");
    await page.keyboard.press("Shift+End");
  };

  test("one is begun on what is selected by the keyboard alone, and the panel's code comes only then", async () => {
    await open();
    const code = () => loaded.filter((url) => /\/panel-\w+\.js/.test(url));
    await select();
    expect(code()).toEqual([]);
    await page.keyboard.press("Control+Alt+m");
    await field("Your comment").waitFor();
    await page.keyboard.type("Which one?");
    await page.keyboard.press("Control+Enter");
    await panel().getByRole("listitem").getByText("Which one?").waitFor();
    expect(threads).toMatchObject([{ quote: "Another paragraph.", comments: [{ text: "Which one?" }] }]);
    expect(code()).toHaveLength(1);
    await page.locator(".cm-content:focus").waitFor();
    await page.locator(".cm-line .commented", { hasText: "Another paragraph." }).waitFor();
    expect(await opener().textContent()).toBe("Comments (1)");
  });

  test("the button beside the selection does the same, and is there only with a selection", async () => {
    await open();
    const offer = page.locator(".comment-offer");
    expect(await offer.isVisible()).toBe(false);
    await select();
    await offer.click();
    await field("Your comment").fill("Hm.");
    await button(/^Comment$/).click();
    await field("Your comment").waitFor({ state: "detached" });
    expect(threads).toHaveLength(1);
    await page.keyboard.press("ArrowLeft");
    await offer.waitFor({ state: "hidden" });
  });

  test("what others say, answer and resolve appears at once, and what is being typed stays", async () => {
    await open();
    await opener().click();
    await panel().getByText("Nobody has commented yet.").waitFor();
    begin("word or two", "Which word?");
    await panel().getByText("Which word?").waitFor();
    await button(/^Reply/).click();
    await page.keyboard.type("Both");
    change({ do: "reply", thread: FIRST, comment: REPLY, text: "Or none." });
    await panel().getByText("Or none.").waitFor();
    await page.keyboard.type(" of them.");
    await page.keyboard.press("Control+Enter");
    await panel().getByText("Both of them.").waitFor();
    expect(threads[0]?.comments.map(({ author }) => author.name)).toEqual(["Alice", "Alice", "Demo"]);
    await button(/^Resolve/).click();
    await panel().getByText("All comments are resolved.").waitFor();
    await page.locator(".commented").waitFor({ state: "detached" });
    await panel().getByLabel("Show resolved").check();
    await panel().getByText("Resolved by Demo").waitFor();
    await button(/^Reopen/).click();
    await page.locator(".commented").first().waitFor();
  });

  test("who wrote one edits and deletes it, and who looks after the project may delete all", async () => {
    await open("editor");
    await opener().click();
    begin("word or two", "Which word?");
    change({ do: "reply", thread: FIRST, comment: REPLY, text: "Mine." }, ME);
    await panel().getByText("Mine.").waitFor();
    expect(await button(/what Alice said/).count()).toBe(0);
    await button(/^Edit what Demo said/).click();
    await field("Your comment").fill("Mine, edited.");
    await button("Save").click();
    await panel().getByText("· edited").waitFor();
    await button(/^Delete what Demo said/).click();
    await button("Delete now").click();
    await panel().getByText("Mine, edited.").waitFor({ state: "detached" });
    await page.close();
    await open("admin");
    wire.tell({ type: "all", threads: [...threads] });
    await opener().click();
    await button(/^Delete what Alice said/).click();
    await button("Delete now").click();
    await panel().getByText("Nobody has commented yet.").waitFor();
  });

  test("a viewer reads, and has nothing to press", async () => {
    await open("viewer");
    begin("word or two", "Which word?");
    await opener().click();
    await panel().getByText("Which word?").waitFor();
    expect(
      await panel()
        .getByRole("button", { name: /Reply|Resolve|Edit|Delete/ })
        .count(),
    ).toBe(0);
    await page.locator(".comment-strokes .commented").waitFor();
    await page.keyboard.press("Control+a");
    expect(await page.getByRole("button", { name: "Comment", exact: true }).count()).toBe(0);
  });

  test("a passage is seen over the words of a rendered block, and in the source while that is edited", async () => {
    await open();
    begin("slanted* prose", "Why slanted?");
    const stroke = page.locator(".comment-strokes .commented").first();
    await stroke.waitFor();
    const strokes = await page
      .locator(".comment-strokes .commented")
      .evaluateAll((all) =>
        all
          .map((it) => it.getBoundingClientRect())
          .map(({ left, right, top, bottom }) => ({ left, right, top, bottom })),
      );
    const em = await page.locator(".rendered em").boundingBox();
    if (!em) throw new Error("there is no emphasis");
    expect(Math.min(...strokes.map(({ left }) => left))).toBeCloseTo(em.x, 0);
    expect(Math.max(...strokes.map(({ right }) => right))).toBeGreaterThan(em.x + em.width + 20);
    expect(strokes.every(({ top, bottom }) => bottom > em.y && top < em.y + em.height)).toBe(true);
    await page.locator(".rendered em").click();
    await page.locator(".cm-line .commented").first().waitFor();
    await expect.poll(() => page.locator(".comment-strokes .commented").count()).toBe(0);
    // The cursor is in it: it is the one that is looked at.
    await page.locator(".cm-line .commented.is-current").first().waitFor();
  });

  test("it moves with its passage; when that is deleted its words are still listed, and when they come back it is there", async () => {
    await open();
    begin("Another paragraph", "Which?");
    await opener().click();
    const text = wire.doc.getText(TEXT);
    text.insert(0, "Above.\n\n");
    await page.locator(".comment-strokes .commented").waitFor();
    const at = wire.text.indexOf("Another");
    text.delete(at, "Another paragraph.".length);
    await page.locator(".commented").waitFor({ state: "detached" });
    change({ do: "reply", thread: FIRST, comment: REPLY, text: "Gone." });
    await panel().getByText("Not in the document any more").waitFor();
    await panel().getByText("Another paragraph").waitFor();
    text.insert(at, "Another paragraph, once more.");
    await page.locator(".commented").first().waitFor();
  });

  test("a refusal is said in the platform's words, and what was typed is still there and sent once", async () => {
    await open();
    await select();
    await page.keyboard.press("Control+Alt+m");
    await field("Your comment").fill("Hm.");
    refusal = new Fault("limit", "the document has no room for more comments; delete some that are resolved");
    await page.keyboard.press("Control+Enter");
    await panel().getByRole("alert").filter({ hasText: refusal.message }).waitFor();
    expect(await field("Your comment").inputValue()).toBe("Hm.");
    refusal = null;
    await page.keyboard.press("Control+Enter");
    await expect.poll(() => threads.length).toBe(1);
  });

  test.each([
    ["light", 1280],
    ["dark", 1280],
    ["light", 390],
    ["dark", 390],
  ] as const)("axe finds nothing in the %s at %i pixels, and it fits", async (scheme, width) => {
    await open("owner", { colorScheme: scheme, viewport: { width, height: 800 } });
    begin("word or two", "Which word? The text says neither, and I would rather know before it is published.");
    change({ do: "reply", thread: FIRST, comment: REPLY, text: "The second." }, ME);
    begin("slanted", "y".repeat(80), ME);
    begin("Another paragraph", "Done.", ALICE);
    change({ do: "resolve", thread: ALICE }, ME);
    await opener().click();
    await panel().getByText("The second.").waitFor();
    await panel().getByLabel("Show resolved").check();
    await button(/^Reply/)
      .last()
      .click();
    await page.locator(".comment-strokes .commented").first().waitFor();
    await page.screenshot({ path: join(ARTEFACTS, `comments-${scheme}-${width}.png`) });
    const within = "#side-comments, .comment-offer";
    expect(await violationsOn(page, { within, rules: PART_RULES })).toEqual([]);
    const box = await panel().boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width);
    expect(await panel().evaluate((it) => it.scrollWidth <= it.clientWidth)).toBe(true);
  });
});
