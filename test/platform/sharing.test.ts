/** Two people at two browsers: one lets the other in, they write together, and a role that is taken away acts at once. Pictures in test/artefacts. */
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { WebSocket } from "ws";
import { openBrowser } from "../browser.ts";
import { signIn } from "./person.ts";
import { eventually, markco, ROOT, readProjectFile } from "./platform.ts";

const place = inject("platform");
const url = `http://localhost:${place.port}`;
const ARTEFACTS = join(ROOT, "test/artefacts");
/** From the command's end to what the other person sees. */
const AT_ONCE_MS = 2_000;

let browser: Browser;
let projectId = "";
let demo: Page;
let alice: Page;

beforeAll(async () => {
  await mkdir(ARTEFACTS, { recursive: true });
  const root = await mkdtemp(join(tmpdir(), "sharing-"));
  await writeFile(join(root, "mrmd.md"), "# Lab\n");
  await writeFile(join(root, "01-notes.md"), "# Notes\n\nSome prose.\n\nThe end.\n");
  projectId = JSON.parse((await markco(place, "import", root, "--name", "lab", "--json")).stdout).projectId;
  browser = await openBrowser();
  demo = await signIn(browser, url);
  await openNotes(demo);
});
afterAll(() => browser?.close());

async function openNotes(page: Page): Promise<void> {
  await page.goto(`${url}/edit/@demo/lab/01-notes.md`);
  await page.locator(".sync", { hasText: "Saved" }).waitFor();
}

async function share(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await markco(place, "share", "lab", ...args);
  expect([status, stderr]).toEqual([0, ""]);
  return stdout.trim();
}

const text = (page: Page) => page.locator(".cm-content");
const shows = (page: Page, words: string) => text(page).getByText(words).waitFor({ timeout: 5_000 });
const picture = (page: Page, name: string) => page.screenshot({ path: join(ARTEFACTS, `${name}.png`) });
const write = async (page: Page, behind: string, words: string) => {
  await text(page).getByText(behind).click();
  await page.keyboard.press("End");
  await page.keyboard.type(words);
};

/** In a profile that knows nothing of markco: the link leads by the sign-in page. */
async function follow(link: string, name: string): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
  await page.goto(link);
  await page.locator('input[name="name"]').fill(name);
  await page.locator('input[name="password"]').fill(name);
  await page.locator("form button").first().click();
  return page;
}

test("an invite link opened in a clean profile shows the project, and is good for as many as it is for", async () => {
  const link = await share("link", "editor", "--uses", "1");
  alice = await follow(link, "alice");
  await alice.waitForURL(`${url}/edit/@demo/lab`);
  await alice.getByRole("link", { name: "notes" }).waitFor();
  await picture(alice, "invited");
  const stranger = await (await browser.newContext()).newPage();
  await stranger.goto(link);
  await stranger.getByRole("heading", { name: "This link is used up" }).waitFor();
  await picture(stranger, "link-used-up");
  await stranger.context().close();
});

test("both edit, each sees the other's cursor under their name, and the changes merge", async () => {
  await openNotes(alice);
  await Promise.all([write(demo, "Some prose.", " From demo."), write(alice, "The end.", " From alice.")]);
  await Promise.all([shows(demo, "From alice."), shows(alice, "From demo.")]);
  for (const [page, name] of [
    [demo, "Alice Author"],
    [alice, "Demo Person"],
  ] as const) {
    // The other one writes in a block that is rendered here: a bar beside it.
    await page.locator(".block-person", { hasText: name }).waitFor();
    await page.getByTitle(name).waitFor();
  }
  await picture(demo, "two-cursors");
  await eventually("the file has both", 5_000, async () => {
    const file = await readProjectFile(place, projectId, "01-notes.md");
    return file.includes("Some prose. From demo.") && file.includes("The end. From alice.");
  });
});

test("a role that is taken away acts at once: the other page says so and edits no more, nor does its socket", async () => {
  const cookie = (await alice.context().cookies(url)).map(({ name, value }) => `${name}=${value}`).join("; ");
  const address = `${url.replace("http", "ws")}/api/projects/${projectId}/editor/sync?path=01-notes.md`;
  const socket = new WebSocket(address, { headers: { cookie, origin: url } });
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  const closed = new Promise<number>((resolve) => socket.once("close", () => resolve(performance.now())));
  await share("role", "alice", "viewer");
  const told = performance.now();
  await alice
    .getByRole("alert")
    .filter({ hasText: "Your role here is viewer now: you can't edit any more." })
    .waitFor({ timeout: AT_ONCE_MS });
  console.log(
    `said ${Math.round(performance.now() - told)} ms after the command, closed ${Math.round((await closed) - told)} ms`,
  );
  expect((await closed) - told).toBeLessThan(AT_ONCE_MS);
  await alice.locator(".sync", { hasText: "Saved" }).waitFor();
  const before = await text(alice).innerText();
  await write(alice, "The end.", "forbidden");
  await alice.keyboard.press("Control+z");
  expect(await text(alice).innerText()).toBe(before);
  await picture(alice, "role-taken-away");
  // What demo writes still comes, and nothing of hers goes.
  await write(demo, "Some prose.", " Still here.");
  await shows(alice, "Still here.");
  expect(await text(demo).innerText()).not.toContain("forbidden");
});

test("a role that is given acts at once, too", async () => {
  await share("role", "alice", "editor");
  await alice.getByRole("alert").filter({ hasText: "viewer" }).waitFor({ state: "hidden", timeout: AT_ONCE_MS });
  await eventually("she can write", 5_000, () => text(alice).evaluate((it) => it.ariaReadOnly !== "true"));
  await write(alice, "The end.", " Back again.");
  await shows(demo, "Back again.");
});

test("who is removed is told, and comes back by no link from before", async () => {
  const link = await share("link", "editor");
  await share("remove", "alice");
  await alice
    .getByRole("alert")
    .filter({ hasText: "This project is not shared with you any more." })
    .waitFor({ timeout: AT_ONCE_MS });
  const before = await text(alice).innerText();
  await write(alice, "The end.", "forbidden");
  expect(await text(alice).innerText()).toBe(before);
  await picture(alice, "removed");
  expect((await alice.request.get(`${url}/api/projects/${projectId}`)).status()).toBe(404);
  await alice.goto(link);
  await alice.getByRole("heading", { name: "This link is not for you any more" }).waitFor();
});

test("somebody invited by e-mail address finds the project once they sign in", async () => {
  await demo.getByRole("button", { name: "Share", exact: true }).click();
  const panel = demo.getByRole("dialog", { name: "Share" });
  await panel.getByLabel("Handle or e-mail address").fill("Bob@example.org");
  await panel.getByRole("button", { name: "Invite" }).click();
  await panel
    .getByRole("status")
    .filter({ hasText: /@bob is in|No message is sent/ })
    .waitFor();
  await picture(demo, "share-panel");
  const bob = await signIn(browser, url, "bob");
  await bob.getByRole("link", { name: "lab", exact: true }).click();
  await bob.locator(".sync", { hasText: "Saved" }).waitFor();
  await bob.context().close();
});
