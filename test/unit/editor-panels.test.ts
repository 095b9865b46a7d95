/** The editor's panels in a real browser, in front of an API that the test answers. Pictures are kept in test/artefacts. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Page, Route } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import type { SandboxState, SnapshotState } from "../../shared/daemon/contract.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import type { Role } from "../../shared/roles.ts";
import { hasBrowser } from "../browser.ts";
import { useApp } from "./editor/app.ts";
import { ARTEFACTS, answerFor, ME, ORIGIN, PROJECT } from "./editor/app-files.ts";

describe.skipIf(!hasBrowser)("in the editor", () => {
  const app = useApp();
  let page: Page;
  let role: Role;
  let snapshots: SnapshotState[];
  let sandboxes: SandboxState[];
  /** What the next request that changes something is refused with. */
  let refusal: Fault | null;
  /** Everything that the page has asked for, as method and path. */
  let asked: string[];

  beforeEach(async () => {
    role = "owner";
    snapshots = [];
    sandboxes = [];
    refusal = null;
    asked = [];
    page = await app.play(answer);
    page.on("request", (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
  });

  async function answer(route: Route): Promise<void> {
    const { pathname } = new URL(route.request().url());
    if (refusal && route.request().method() !== "GET")
      return route.fulfill({ status: refusal.status, json: refusal.toBody() });
    return route.fulfill({ json: answerFor(pathname, role, ["mrmd.md"]) ?? api(route, pathname) });
  }

  function api(route: Route, pathname: string): object {
    const method = route.request().method();
    const [, , , , what, ...rest] = pathname.split("/");
    const id = what === "runtime" ? rest[1] : rest[0];
    if (what === "sandboxes") {
      if (method === "DELETE") sandboxes = sandboxes.filter((sandbox) => sandbox.id !== id);
      return { sandboxes };
    }
    if (method === "DELETE") snapshots = snapshots.filter((kept) => kept.id !== id);
    else if (method === "POST") {
      const body = route.request().postDataJSON() ?? {};
      if (rest[2] === "share")
        snapshots = snapshots.map((kept) => (kept.id === id ? { ...kept, shared: body.shared } : kept));
      else if (id === undefined) snapshots = [...snapshots, snapshot({ id: body.snapshotId, name: body.name })];
    }
    return { snapshots, usedBytes: snapshots.length * 64 * 1024 ** 2, quotaBytes: 10 * 1024 ** 3 };
  }

  const snapshot = (changes: Partial<SnapshotState> = {}): SnapshotState => ({
    id: randomUUID(),
    name: "fitted",
    bytes: 64 * 1024 ** 2,
    tier: "local",
    created: "2027-03-01T10:00:00.000Z",
    madeBy: ME,
    shared: false,
    problem: null,
    ...changes,
  });
  const sandbox = (minutes: number): SandboxState => ({
    id: randomUUID(),
    state: "running",
    tier: "local",
    created: new Date().toISOString(),
    expires: new Date(Date.now() + minutes * 60_000 - 1000).toISOString(),
    reason: null,
  });

  const open = async () => {
    await page.goto(`${ORIGIN}/edit/@demo/thesis/mrmd.md`);
    await page.locator(".cm-content").waitFor();
  };
  const opener = () => page.getByRole("button", { name: "Snapshots", exact: true });
  const panel = () => page.getByRole("dialog", { name: "Snapshots" });
  const button = (name: string) => panel().getByRole("button", { name, exact: true });
  const openSnapshots = async () => {
    await open();
    await opener().click();
    await panel().getByRole("textbox").waitFor();
  };
  const changed = () => asked.filter((line) => !line.startsWith("GET "));
  const at = `/api/projects/${PROJECT}/runtime/snapshots`;

  test("what runs is kept under a name by the keyboard alone, and the panel's code comes only then", async () => {
    await open();
    const code = () => asked.filter((line) => line.includes("snapshot-panel"));
    expect(code()).toEqual([]);
    await opener().focus();
    await page.keyboard.press("Enter");
    await panel().getByLabel("Keep what runs now as").waitFor();
    expect(code()).toHaveLength(1);
    await page.keyboard.type("before the refactoring");
    await page.keyboard.press("Enter");
    await panel().getByRole("status").filter({ hasText: "“before the refactoring” is kept." }).waitFor();
    await panel().getByRole("listitem").filter({ hasText: "before the refactoring" }).waitFor();
    expect(await panel().getByText("64 MB of 10.0 GB used").isVisible()).toBe(true);
    await page.keyboard.press("Escape");
    expect(await panel().isVisible()).toBe(false);
    expect(await opener().evaluate((it) => it === document.activeElement)).toBe(true);
  });

  test("one is restored only after the person has agreed", async () => {
    snapshots = [snapshot({ id: ME })];
    await openSnapshots();
    await button("Restore fitted").click();
    expect(await panel().getByText("What the runtime has now will be gone.").isVisible()).toBe(true);
    // The focus is on Cancel: a key that is pressed twice restores nothing.
    await page.keyboard.press("Enter");
    expect(await button("Restore fitted").evaluate((it) => it === document.activeElement)).toBe(true);
    expect(changed()).toEqual([]);
    await button("Restore fitted").click();
    await button("Restore now").click();
    await panel().getByText("The runtime goes on from “fitted”.").waitFor();
    expect(changed()).toEqual([`POST ${at}/${ME}/restore`]);
  });

  test("one is shared, no longer shared, and deleted, and the focus stays with it", async () => {
    snapshots = [snapshot({ id: ME })];
    await openSnapshots();
    await button("Share fitted").click();
    await panel().getByText("· shared ·").waitFor();
    await button("Stop sharing fitted").click();
    await button("Share fitted").waitFor();
    expect(await button("Restore fitted").evaluate((it) => it === document.activeElement)).toBe(true);
    await button("Delete fitted").click();
    await button("Delete now").click();
    await panel().getByText("“fitted” is deleted.").waitFor();
    expect(
      await panel()
        .getByRole("textbox")
        .evaluate((it) => it === document.activeElement),
    ).toBe(true);
    expect(changed()).toEqual([`POST ${at}/${ME}/share`, `POST ${at}/${ME}/share`, `DELETE ${at}/${ME}`]);
  });

  test("the link to a shared one is copied by the keyboard", async () => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    snapshots = [snapshot({ id: ME, shared: true }), snapshot({ name: "mine alone" })];
    await openSnapshots();
    expect(await button("Copy link to mine alone").count()).toBe(0);
    await button("Copy link to fitted").focus();
    await page.keyboard.press("Enter");
    await panel().getByRole("status").filter({ hasText: "The link to “fitted” is copied." }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      `${ORIGIN}/edit/@demo/thesis?snapshot=${ME}`,
    );
  });

  test("where the browser lets nothing be copied, the link can be read", async () => {
    await page.addInitScript(() => {
      Object.defineProperty(navigator, "clipboard", { value: { writeText: () => Promise.reject(new Error("no")) } });
    });
    snapshots = [snapshot({ id: ME, shared: true })];
    await openSnapshots();
    await button("Copy link to fitted").click();
    await panel().getByText(`The link to “fitted” is ${ORIGIN}/edit/@demo/thesis?snapshot=${ME}`).waitFor();
  });

  test("a link opens the panel at its snapshot, where Enter asks before it restores", async () => {
    role = "runner";
    snapshots = [snapshot({ name: "other", shared: true }), snapshot({ id: ME, madeBy: randomUUID(), shared: true })];
    await page.goto(`${ORIGIN}/edit/@demo/thesis?snapshot=${ME}`);
    const row = panel().locator("li[aria-current=true]");
    await row.getByRole("heading", { name: "fitted" }).waitFor();
    expect(await panel().locator("li[aria-current]").count()).toBe(1);
    await expect.poll(() => button("Restore fitted").evaluate((it) => it === document.activeElement)).toBe(true);
    await page.keyboard.press("Enter");
    await row.getByText("What the runtime has now will be gone.").waitFor();
    expect(changed()).toEqual([]);
    expect(new URL(page.url()).pathname).toBe("/edit/@demo/thesis/mrmd.md");
    await page.screenshot({ path: join(ARTEFACTS, "snapshot-by-link.png") });
    // Opened again it is a list like any other.
    await page.keyboard.press("Escape");
    await opener().click();
    await button("Restore fitted").waitFor();
    expect(await panel().locator("li[aria-current]").count()).toBe(0);
  });

  test("a link to a snapshot that is gone, or for those who may run cells, says so", async () => {
    await page.goto(`${ORIGIN}/edit/@demo/thesis?snapshot=${ME}`);
    await panel().getByText("The link's snapshot is deleted, or it is not shared with you.").waitFor();
    role = "viewer";
    await page.goto(`${ORIGIN}/edit/@demo/thesis?snapshot=${ME}`);
    await page.getByText("The link leads to a snapshot, which is for who may run cells.").waitFor();
    expect(asked.filter((line) => line.includes("snapshots")).length).toBe(1);
  });

  test("why one can't be restored stands where it could be", async () => {
    snapshots = [snapshot({ problem: "its CPU is not to be had any more" })];
    await openSnapshots();
    await panel().getByText("Can't be restored: its CPU is not to be had any more").waitFor();
    expect(await button("Restore fitted").count()).toBe(0);
    expect(await button("Delete fitted").count()).toBe(1);
  });

  test("another person's is theirs to share and delete, except for the project's owner", async () => {
    snapshots = [snapshot({ madeBy: randomUUID(), shared: true })];
    role = "editor";
    await openSnapshots();
    expect(await panel().getByRole("listitem").getByRole("button").allTextContents()).toEqual(["Restore", "Copy link"]);
    role = "owner";
    await openSnapshots();
    expect(await panel().getByRole("listitem").getByRole("button").allTextContents()).toEqual([
      "Restore",
      "Copy link",
      "Stop sharing",
      "Delete",
    ]);
  });

  test("a refusal is said in the platform's words, and a name that was typed is still there", async () => {
    await openSnapshots();
    refusal = new Fault("limit", "the project's snapshots have no room for 64 MB more");
    await panel().getByRole("textbox").fill("fitted");
    await button("Save").click();
    await panel().getByRole("alert").filter({ hasText: refusal.message }).waitFor();
    expect(await panel().getByRole("textbox").inputValue()).toBe("fitted");
  });

  test("sandboxes are counted only while some are alive, and can be ended", async () => {
    sandboxes = [sandbox(42), sandbox(90), { ...sandbox(5), state: "ended" }];
    const [first] = sandboxes;
    await open();
    const indicator = page.getByRole("button", { name: "2 sandboxes" });
    await indicator.click();
    const list = page.getByRole("dialog", { name: "Sandboxes" });
    await list.getByText("running · local · ends in 42 min").waitFor();
    await list.getByText("running · local · ends in 1 h 30 min").waitFor();
    const short = first?.id.slice(0, 8) ?? "";
    await list.getByRole("button", { name: `End ${short}` }).click();
    expect(changed()).toEqual([]);
    await list.getByRole("button", { name: "End now" }).click();
    await list.getByText(`${short} has ended.`).waitFor();
    await page.getByRole("button", { name: "1 sandbox", exact: true }).waitFor();
    expect(changed()).toEqual([`DELETE /api/projects/${PROJECT}/sandboxes/${first?.id}`]);
  });

  test("nothing is said of sandboxes while there are none, and who may not run cells is asked for nothing", async () => {
    await open();
    expect(await opener().isVisible()).toBe(true);
    expect(await page.getByRole("button", { name: /sandbox/i }).count()).toBe(0);
    asked.length = 0;
    role = "viewer";
    await open();
    expect(await opener().count()).toBe(0);
    expect(asked.filter((line) => line.includes("sandboxes"))).toEqual([]);
  });

  test("a menu's commands are reached by the arrow keys, and Escape gives the focus back", async () => {
    await open();
    const cells = page.getByRole("button", { name: "Cells" });
    await cells.focus();
    await page.keyboard.press("Enter");
    const isFocused = (text: string) => page.locator(":focus").filter({ hasText: text }).waitFor();
    await isFocused("Run stale cells");
    await page.keyboard.press("ArrowDown");
    await isFocused("Run the cells above");
    await page.keyboard.press("Escape");
    expect(await cells.evaluate((it) => it === document.activeElement)).toBe(true);
  });

  test.each(["light", "dark"] as const)("both panels fit a narrow screen and can be read in the %s", async (scheme) => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width: 390, height: 780 });
    snapshots = [
      snapshot({ name: "before the refactoring", shared: true }),
      snapshot({ name: "x".repeat(80), madeBy: randomUUID(), problem: "its CPU is not to be had any more" }),
    ];
    sandboxes = [sandbox(42)];
    await openSnapshots();
    await button("Restore before the refactoring").click();
    await page.screenshot({ path: join(ARTEFACTS, `snapshots-${scheme}.png`) });
    const names = panel().getByRole("listitem").getByRole("heading");
    expect(await names.evaluateAll((all) => all.map((it) => it.scrollWidth <= it.clientWidth))).toEqual([true, true]);
    const box = await panel().boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "1 sandbox" }).click();
    await page.getByRole("dialog", { name: "Sandboxes" }).getByText("ends in").waitFor();
    await page.screenshot({ path: join(ARTEFACTS, `sandboxes-${scheme}.png`) });
  });
});
