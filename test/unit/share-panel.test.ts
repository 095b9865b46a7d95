/** The Share panel in a real browser, in front of an API that the test answers. Pictures are kept in test/artefacts. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Page, Route } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import { Fault } from "../../shared/daemon/fault.ts";
import type { Role } from "../../shared/roles.ts";
import type { Invite, Member } from "../../shared/sharing.ts";
import { hasBrowser } from "../browser.ts";
import { useApp } from "./editor/app.ts";
import { ARTEFACTS, answerFor, ME, ORIGIN } from "./editor/app-files.ts";

const ALICE = "3f0c1a52-58d4-4d25-9be2-0c5f3c1f6a10";
const LINK = `${ORIGIN}/join/${"t".repeat(43)}`;
const member = (handle: string, role: Role, userId: string = randomUUID()): Member => ({
  userId,
  handle,
  name: `${handle.slice(0, 1).toUpperCase()}${handle.slice(1)} Person`,
  role,
});
const made = { madeBy: "demo", created: "2027-03-01T10:00:00.000Z", expires: "2027-03-08T10:00:00.000Z" };

describe.skipIf(!hasBrowser)("the Share panel", () => {
  const app = useApp();
  let page: Page;
  let role: Role;
  let members: Member[];
  let invites: Invite[] | null;
  /** What the next request that changes something is refused with. */
  let refusal: Fault | null;
  /** All that changed something: method, the rest of the path, body. */
  let asked: unknown[];
  /** Paths of all that was asked for. */
  let loaded: string[];

  beforeEach(async () => {
    role = "owner";
    members = [member("demo", "owner", ME), member("alice", "editor", ALICE)];
    invites = [];
    refusal = null;
    asked = [];
    loaded = [];
    page = await app.play(answer);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    page.on("request", (request) => loaded.push(new URL(request.url()).pathname));
  });

  async function answer(route: Route): Promise<void> {
    const { pathname } = new URL(route.request().url());
    const method = route.request().method();
    const [, , , , what, ...rest] = pathname.split("/");
    if (what !== "sharing" || method === "GET") return route.fulfill({ json: project(pathname, what) });
    asked.push([method, rest.join("/"), route.request().postDataJSON()]);
    if (refusal) return route.fulfill({ status: refusal.status, json: refusal.toBody() });
    return route.fulfill({ json: change(method, rest, route.request().postDataJSON() ?? {}) });
  }

  function project(pathname: string, what: string | undefined): object {
    if (pathname === "/api/projects") return { projects: [] };
    if (what === "sharing") return { members, invites };
    return answerFor(pathname, role, ["mrmd.md"]) ?? { sandboxes: [] };
  }

  function change(method: string, [what, id]: string[], body: Record<string, string>): object {
    if (what === "links") {
      const link = {
        kind: "link",
        id: randomUUID(),
        role: "viewer",
        ...made,
        uses: 0,
        maxUses: 5,
        state: "open",
      } as const;
      invites = [link, ...(invites ?? [])];
      return { id: link.id, url: LINK, expires: made.expires };
    }
    if (what === "people") {
      if (body.to === "bob") {
        members = [...members, member("bob", "viewer")];
        return { kind: "member", handle: "bob" };
      }
      return { kind: "email", email: body.to, expires: made.expires };
    }
    if (what === "invites") invites = (invites ?? []).filter((invite) => invite.id !== id);
    else if (method === "DELETE") members = members.filter(({ userId }) => userId !== id);
    else members = members.map((one) => (one.userId === id ? { ...one, role: body.role as Role } : one));
    return {};
  }

  const opener = () => page.getByRole("button", { name: "Share", exact: true });
  const panel = () => page.getByRole("dialog", { name: "Share" });
  const button = (name: string) => panel().getByRole("button", { name, exact: true });
  const row = (list: "Members" | "Invitations", text: string) =>
    panel().getByRole("list", { name: list }).getByRole("listitem").filter({ hasText: text });
  const says = (text: string) => panel().getByRole("status").filter({ hasText: text }).waitFor();
  const openPanel = async () => {
    await page.goto(`${ORIGIN}/edit/@demo/thesis/mrmd.md`);
    await page.locator(".cm-content").waitFor();
    await opener().click();
    await panel().getByRole("list", { name: "Members" }).waitFor();
  };

  test("somebody is invited by the keyboard alone, and the panel's code comes only then", async () => {
    await page.goto(`${ORIGIN}/edit/@demo/thesis/mrmd.md`);
    await page.locator(".cm-content").waitFor();
    const code = () => loaded.filter((path) => path.includes("share-panel") && path.endsWith(".js"));
    expect(code()).toEqual([]);
    await opener().focus();
    await page.keyboard.press("Enter");
    await panel().getByLabel("Handle or e-mail address").waitFor();
    expect(code()).toHaveLength(1);
    await page.keyboard.type("bob");
    await page.keyboard.press("Enter");
    await says("@bob is in the project.");
    expect(asked).toEqual([["POST", "people", { to: "bob", role: "editor" }]]);
    await row("Members", "@bob").waitFor();
    await page.keyboard.press("Escape");
    expect(await opener().evaluate((it) => it === document.activeElement)).toBe(true);
  });

  test("an e-mail address that nobody here has is told to come in by signing in", async () => {
    await openPanel();
    await panel().getByLabel("Handle or e-mail address").fill("zoe@example.org");
    await button("Invite").click();
    await says("zoe@example.org comes in by signing in with this address. No message is sent: tell them.");
  });

  test("a link is made for a role, a time and a number of people, and copied", async () => {
    await openPanel();
    await panel()
      .getByRole("form", { name: "Make a link" })
      .getByRole("combobox", { name: "Role" })
      .selectOption("runner");
    await panel().getByLabel("Good for").selectOption("a month");
    await panel().getByLabel("People").fill("5");
    await button("Make a link").click();
    await says("The link is made. Whoever has it can come in.");
    expect(asked).toEqual([["POST", "links", { role: "runner", days: 30, uses: 5 }]]);
    expect(await panel().getByLabel("The link, shown only now").inputValue()).toBe(LINK);
    await row("Invitations", "0 of 5 uses").waitFor();
    await button("Copy").click();
    await says("The link is copied.");
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(LINK);
  });

  test("a link that nothing is said of is for a week and any number of people", async () => {
    await openPanel();
    await button("Make a link").click();
    await says("The link is made.");
    expect(asked).toEqual([["POST", "links", { role: "viewer", days: 7, uses: null }]]);
  });

  test("invitations show how far they are used, and are revoked after the person has agreed", async () => {
    const id = "5b2a4d0e-7a63-4d0a-8f0c-2f6f1f8a9b11";
    invites = [
      { kind: "link", id, role: "editor", ...made, uses: 1, maxUses: null, state: "expired" },
      { kind: "email", id: randomUUID(), role: "viewer", ...made, email: "zoe@example.org", state: "open" },
    ];
    await openPanel();
    await row("Invitations", "editor · 1 use · expired · by @demo").waitFor();
    await row("Invitations", "viewer · waits for them to sign in · until").waitFor();
    await button("Revoke Link 5b2a4d0e").click();
    expect(asked).toEqual([]);
    await button("Revoke now").click();
    await says("Link 5b2a4d0e is revoked.");
    expect(asked).toEqual([["DELETE", `invites/${id}`, null]]);
    expect(
      await panel()
        .getByRole("status")
        .evaluate((it) => it === document.activeElement),
    ).toBe(true);
  });

  test("a role is changed only when the button says so: keys that go through the roles give none", async () => {
    await openPanel();
    const select = panel().getByLabel("Role of @alice");
    expect(await button("Change role").count()).toBe(0);
    await select.focus();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    expect(await select.inputValue()).toBe("viewer");
    expect(asked).toEqual([]);
    await button("Change role").click();
    await says("@alice is viewer now.");
    expect(asked).toEqual([["PUT", `members/${ALICE}`, { role: "viewer" }]]);
  });

  test("a member is removed after the person has agreed", async () => {
    await openPanel();
    await button("Remove @alice").click();
    expect(await panel().getByText("What they have open here closes at once.").isVisible()).toBe(true);
    await button("Remove now").click();
    await says("@alice is not in the project any more.");
    expect(asked).toEqual([["DELETE", `members/${ALICE}`, null]]);
    expect(await row("Members", "@alice").count()).toBe(0);
  });

  test("who may not share sees who is here, and can leave", async () => {
    role = "viewer";
    invites = null;
    members = [member("alice", "owner", ALICE), member("demo", "viewer", ME)];
    await openPanel();
    await row("Members", "@alice").filter({ hasText: "owner" }).waitFor();
    expect(await panel().getByRole("button").allTextContents()).toEqual(["Leave"]);
    await button("Leave this project").click();
    await button("Leave now").click();
    await page.waitForURL(`${ORIGIN}/`);
    expect(asked).toEqual([["DELETE", `members/${ME}`, null]]);
  });

  test("a refusal is said in the platform's words, and what was typed is still there", async () => {
    await openPanel();
    refusal = new Fault("not_found", "nobody here is called @zed");
    await panel().getByLabel("Handle or e-mail address").fill("zed");
    await button("Invite").click();
    await panel().getByRole("alert").filter({ hasText: refusal.message }).waitFor();
    expect(await panel().getByLabel("Handle or e-mail address").inputValue()).toBe("zed");
  });

  test("the owner has no button against themselves", async () => {
    await openPanel();
    expect(await row("Members", "· you").getByRole("button").count()).toBe(0);
    expect(await row("Members", "· you").getByRole("combobox").count()).toBe(0);
  });

  test.each(["light", "dark"] as const)("it fits a narrow screen and can be read in the %s", async (scheme) => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width: 390, height: 780 });
    members = [...members, { ...member("bob", "viewer"), name: "x".repeat(80) }];
    invites = [
      {
        kind: "email",
        id: randomUUID(),
        role: "viewer",
        ...made,
        email: `${"y".repeat(60)}@example.org`,
        state: "open",
      },
    ];
    await openPanel();
    await button("Make a link").click();
    await says("The link is made.");
    await page.screenshot({ path: join(ARTEFACTS, `share-${scheme}.png`) });
    const box = await panel().boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
    expect(await panel().evaluate((it) => it.scrollWidth <= it.clientWidth)).toBe(true);
  });
});
