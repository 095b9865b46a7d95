/** A person's way through a real browser. Pictures of each station are kept in test/artefacts. */
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { WebSocket } from "ws";
import { openBrowser } from "../browser.ts";
import { signIn as signInAt } from "./person.ts";
import { eventually, markco, ROOT, readProjectFile } from "./platform.ts";

const place = inject("platform");
const url = `http://localhost:${place.port}`;
const ARTEFACTS = join(ROOT, "test/artefacts");
const DOCUMENT = `# Waves

Some prose.

\`\`\`python
import matplotlib.pyplot as plt
plt.plot([1, 3, 2])
print("drawn")
\`\`\`

The end.
`;

let browser: Browser;
let projectId = "";

beforeAll(async () => {
  await mkdir(ARTEFACTS, { recursive: true });
  const root = await mkdtemp(join(tmpdir(), "browser-"));
  await writeFile(
    join(root, "mrmd.md"),
    '```yaml config\nname: Waves\npublish:\n  url: "@demo/waves"\n  visibility: public\n```\n',
  );
  await writeFile(join(root, "01-waves.md"), DOCUMENT);
  const imported = await markco(place, "import", root, "--name", "waves", "--json");
  projectId = JSON.parse(imported.stdout).projectId;
  browser = await openBrowser();
});

afterAll(() => browser?.close());

const signIn = (name?: string) => signInAt(browser, url, name);

async function openWaves(page: Page): Promise<void> {
  await page.goto(`${url}/edit/@demo/waves/01-waves.md`);
  await page.locator(".cm-content").getByText("Some prose.").waitFor();
  await page.locator(".sync", { hasText: "Saved" }).waitFor();
}

const picture = (page: Page, name: string) => page.screenshot({ path: join(ARTEFACTS, `${name}.png`) });

describe("a person", () => {
  test("signs in, opens the project, edits, runs a cell, sees the plot and the published page change", async () => {
    const page = await signIn();
    await picture(page, "projects");
    await page.getByRole("link", { name: "waves", exact: true }).click();
    await page.locator(".cm-content").getByText("Some prose.").waitFor();
    await page.locator(".sync", { hasText: "Saved" }).waitFor();
    await picture(page, "editor");

    await page.locator(".cm-content").getByText("Some prose.").click();
    await page.keyboard.press("End");
    const words = `Written at ${Date.now()}.`;
    await page.keyboard.type(` ${words}`);
    await page.locator(".sync", { hasText: "Saved" }).waitFor();
    await eventually("the published page shows the edit", 20_000, async () =>
      (await (await fetch(`${url}/@demo/waves/waves`)).text()).includes(words),
    );
    await eventually("the file on disk has it", 20_000, async () =>
      (await readProjectFile(place, projectId, "01-waves.md")).includes(words),
    );

    await page.locator(".cm-content").getByText("plt.plot").click();
    await page.keyboard.press("Shift+Enter");
    const shown = page.locator(".rendered-result img");
    await shown.waitFor({ timeout: 60_000 });
    await eventually("the picture has loaded", 10_000, () =>
      shown.evaluate((image) => (image as HTMLImageElement).naturalWidth > 100),
    );
    await page.locator(".sync", { hasText: "Saved" }).waitFor();
    await picture(page, "cell-run");
    expect(await readProjectFile(place, projectId, "01-waves.md")).toMatch(
      /```output\n[\s\S]*drawn\n```\n\n!\[plot\]\(_assets\/generated\/[0-9a-f]{12}\.png\)\n\nThe end\./,
    );

    await eventually("the published page shows the plot", 20_000, async () =>
      /<img[^>]+generated/.test(await (await fetch(`${url}/@demo/waves/waves`)).text()),
    );
    await page.getByRole("button", { name: "Source" }).click();
    await page.locator(".cm-content").getByText("![plot](").waitFor();
    await picture(page, "source");
    await page.goto(`${url}/@demo/waves/waves`);
    await picture(page, "published");
    await page.context().close();
  });

  test("reads a published page with scripts off", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${url}/@demo/waves/waves`);
    await page.getByRole("heading", { name: "Waves" }).first().waitFor();
    expect(await page.locator("article").innerText()).toContain("drawn");
    await context.close();
  });
});

test("two browsers on one document see each other's typing", async () => {
  const [one, two] = await Promise.all([signIn(), signIn()]);
  await Promise.all([openWaves(one), openWaves(two)]);
  await one.locator(".cm-content").getByText("The end.").click();
  await one.keyboard.press("End");
  await one.keyboard.type(" From one.");
  await two.locator(".cm-content").getByText("From one.").waitFor({ timeout: 5_000 });
  await two.locator(".cm-content").getByText("Some prose.").click();
  await two.keyboard.press("Home");
  await two.keyboard.type("From two. ");
  await one.locator(".cm-content").getByText("From two.").waitFor({ timeout: 5_000 });
  await picture(two, "two-people");
  await Promise.all([one.context().close(), two.context().close()]);
});

describe("doors", () => {
  test("a session is of no use to another site's page: requests that change something and sockets are refused", async () => {
    const page = await signIn();
    const cookie = (await page.context().cookies(url)).find(({ name }) => name === "__Host-markco");
    expect(cookie).toMatchObject({ name: "__Host-markco", httpOnly: true, secure: true, sameSite: "Lax", path: "/" });
    const headers = { cookie: `${cookie?.name}=${cookie?.value}` };
    const publish = (origin: Record<string, string>) =>
      fetch(`${url}/api/projects/${projectId}/publish`, { method: "POST", headers: { ...headers, ...origin } }).then(
        ({ status }) => status,
      );
    expect(await publish({})).toBe(403);
    expect(await publish({ origin: "http://evil.example" })).toBe(403);
    expect(await publish({ origin: url })).toBe(200);

    const sync = `ws://localhost:${place.port}/api/projects/${projectId}/editor/sync?path=01-waves.md`;
    expect(await openSocket(sync, { ...headers, origin: "http://evil.example" })).toBe(403);
    expect(await openSocket(sync, headers)).toBe(403);
    expect(await openSocket(sync, {})).toBe(401);
    expect(await openSocket(sync, { ...headers, origin: url })).toBe(101);
    await page.context().close();
  });

  test("another person's project is not found, and a site without visibility is for its members alone", async () => {
    const root = await mkdtemp(join(tmpdir(), "private-"));
    await writeFile(join(root, "mrmd.md"), '```yaml config\npublish: { url: "@demo/secret" }\n```\n');
    await writeFile(join(root, "01-page.md"), "# Nobody else\n");
    expect((await markco(place, "import", root, "--name", "secret")).status).toBe(0);
    expect((await markco(place, "publish", "secret")).status).toBe(0);
    const [demo, alice] = await Promise.all([signIn("demo"), signIn("alice")]);
    const statusFor = async (page: Page, path: string) => (await page.request.get(url + path)).status();
    expect(await statusFor(demo, "/@demo/secret/page")).toBe(200);
    expect(await statusFor(alice, "/@demo/secret/page")).toBe(404);
    expect((await fetch(`${url}/@demo/secret/page`)).status).toBe(404);
    expect(await statusFor(demo, "/api/by-name/@demo/secret")).toBe(200);
    expect(await statusFor(alice, "/api/by-name/@demo/secret")).toBe(404);
    expect(await statusFor(alice, `/api/projects/${projectId}`)).toBe(404);
    await Promise.all([demo.context().close(), alice.context().close()]);
  });

  test("a sign-in that was not begun in this browser is refused", async () => {
    const page = await (await browser.newContext()).newPage();
    const response = await page.goto(`${url}/auth/callback?code=stolen&state=guessed`);
    expect(response?.status()).toBe(401);
    expect(await page.context().cookies(url)).toEqual([]);
    await page.context().close();
  });
});

/** Status that an upgrade is answered with. */
function openSocket(address: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address, { headers });
    socket.once("unexpected-response", (_request, response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    socket.once("open", () => {
      socket.close();
      resolve(101);
    });
    socket.once("error", reject);
  });
}
