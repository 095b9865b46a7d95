/** HTML and scripts of documents in the editor: shown, and without our origin. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { openBrowser } from "../browser.ts";
import { signIn } from "./person.ts";
import { eventually, markco, ROOT } from "./platform.ts";

const place = inject("platform");
const url = `http://localhost:${place.port}`;

const ATTACK = `<script>
const tried = {};
try { tried.cookie = document.cookie } catch { tried.cookie = "refused" }
try { tried.storage = String(localStorage.length) } catch { tried.storage = "refused" }
try { tried.parent = parent.document.title } catch { tried.parent = "refused" }
try { top.location.href } catch { tried.top = "refused" }
fetch("${url}/api/projects", { credentials: "include" }).then((r) => r.json()).then(
  (found) => { tried.api = JSON.stringify(found) }, () => { tried.api = "refused" },
).finally(() => { document.getElementById("said").textContent = JSON.stringify(tried) });
</script>`;

const DOCUMENT = `# Frames

\`\`\`python
from IPython.display import HTML
HTML("""<div style="height: 333px" id="said">waiting</div>${ATTACK}""")
\`\`\`

\`\`\`html
<p id="target">from the html cell</p>
\`\`\`

\`\`\`css
#target { color: rgb(1, 2, 3) }
\`\`\`

\`\`\`js
const greeting = "hello";
\`\`\`

\`\`\`js
document.getElementById("target").textContent = greeting + " from the script";
console.log("logged", { a: 1 });
\`\`\`

The end.
`;

let browser: Browser;
let page: Page;

beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), "frames-"));
  await writeFile(join(root, "mrmd.md"), "# Frames\n");
  await writeFile(join(root, "01-frames.md"), DOCUMENT);
  await markco(place, "import", root, "--name", "frames", "--json");
  expect((await markco(place, "run", "frames/01-frames.md", "--json")).status).toBe(0);
  browser = await openBrowser();
  page = await signIn(browser, url);
  await page.goto(`${url}/edit/@demo/frames/01-frames.md`);
});
afterAll(() => browser?.close());

test("an interactive output is shown at its height, and reaches nothing of the person's", async () => {
  const said = page.frameLocator('iframe[title="interactive output"]').locator("#said");
  await eventually("it has tried everything", 15_000, async () => (await said.textContent())?.startsWith("{"));
  expect(JSON.parse((await said.textContent()) ?? "")).toEqual({
    cookie: "refused",
    storage: "refused",
    parent: "refused",
    top: "refused",
    api: "refused",
  });
  const frame = page.locator('iframe[title="interactive output"]');
  await eventually("it is as high as its content", 5_000, async () => ((await frame.boundingBox())?.height ?? 0) > 333);
});

test("html and css cells are shown in place; scripts run when somebody asks, and later ones see earlier ones", async () => {
  const frame = page.frameLocator('iframe[title="Page of the cells above"]');
  await frame.getByText("from the html cell").waitFor();
  expect(await frame.locator("#target").evaluate((element) => getComputedStyle(element).color)).toBe("rgb(1, 2, 3)");
  await page.getByRole("button", { name: "Run script" }).click();
  await frame.getByText("hello from the script").waitFor();
  await frame.getByText('logged {"a":1}').waitFor();
  await page.screenshot({ path: join(ROOT, "test/artefacts/frames.png") });
});

test("the cells' menu runs, interrupts and restarts", async () => {
  await page.getByRole("button", { name: "Cells" }).click();
  await page.screenshot({ path: join(ROOT, "test/artefacts/cells-menu.png") });
  await page.getByRole("menuitem", { name: "Restart and run all" }).click();
  await page.getByRole("button", { name: "Interrupt cell 1" }).waitFor();
  await page.getByRole("button", { name: "Run cell 1" }).waitFor({ timeout: 30_000 });
});
