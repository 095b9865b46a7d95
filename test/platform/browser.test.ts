/** A person's way through a real browser. Pictures of each station are kept in test/artefacts. */
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { eventually, markco, ROOT, readProjectFile } from "./platform.ts";

const place = inject("platform");
const url = `http://localhost:${place.port}`;
const ARTEFACTS = join(ROOT, "test/artefacts");
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

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
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
});

afterAll(() => browser?.close());

async function signIn(): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("close", () => expect(problems).toEqual([]));
  await page.goto(url);
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.locator('input[name="name"]').fill("demo");
  await page.locator('input[name="password"]').fill("demo");
  await page.locator("form button").first().click();
  await page.getByRole("heading", { name: "Projects" }).waitFor();
  return page;
}

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
    await eventually("the published page shows the edit", 5_000, async () =>
      (await (await fetch(`${url}/@demo/waves/waves`)).text()).includes(words),
    );
    await eventually("the file on disk has it", 5_000, async () =>
      (await readProjectFile(place, projectId, "01-waves.md")).includes(words),
    );

    await page.locator(".cm-content").getByText("plt.plot").click();
    await page.keyboard.press("Shift+Enter");
    await page.locator(".cm-content").getByText("![plot](").waitFor({ timeout: 60_000 });
    const shown = page.locator("img.cell-picture");
    await shown.waitFor();
    await eventually("the picture has loaded", 10_000, () =>
      shown.evaluate((image) => (image as HTMLImageElement).naturalWidth > 100),
    );
    await page.locator(".sync", { hasText: "Saved" }).waitFor();
    await picture(page, "cell-run");
    expect(await readProjectFile(place, projectId, "01-waves.md")).toMatch(
      /```output\n[\s\S]*drawn\n```\n\n!\[plot\]\(_assets\/generated\/[0-9a-f]{12}\.png\)\n\nThe end\./,
    );

    await eventually("the published page shows the plot", 5_000, async () =>
      /<img[^>]+generated/.test(await (await fetch(`${url}/@demo/waves/waves`)).text()),
    );
    await page.getByRole("button", { name: "Preview" }).click();
    await page.locator(".preview img").waitFor();
    await picture(page, "preview");
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
