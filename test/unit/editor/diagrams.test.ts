/** Diagrams: drawn where nobody has drawn them yet, kept, and shown as pictures from then on. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Frame, Page } from "playwright-core";
import { PNG } from "pngjs";
import { describe, expect, test } from "vitest";
import { type Drawing, drawingOf } from "../../../shared/document/diagrams.ts";
import { hasBrowser } from "../../browser.ts";
import { type Project, useApp } from "./app.ts";
import { ARTEFACTS } from "./app-files.ts";

const GRAPH =
  'graph TD\n  accTitle: How a page is made\n  A["Text & <b>more</b>"] -->|renders| B{Page?}\n  B --> C[(Store)]\n';
const SOURCE = `# Diagrams\n\nBefore.\n\n\`\`\`mermaid\n${GRAPH}\`\`\`\n\nBehind.\n`;

/** One of each kind that mermaid's guide has. */
const KINDS: Readonly<Record<string, string>> = {
  sequence: "sequenceDiagram\n  Alice->>John: Hello <script>\n  John-->>Alice: Great!",
  class: "classDiagram\n  Animal <|-- Duck\n  Animal : +int age\n  Duck : +swim()",
  state: "stateDiagram-v2\n  [*] --> Still\n  Still --> Moving\n  Moving --> [*]",
  er: "erDiagram\n  CUSTOMER ||--o{ ORDER : places\n  ORDER { int id }",
  gantt: "gantt\n  title A\n  section S\n  One :a1, 2014-01-01, 30d\n  Two :after a1, 20d",
  pie: 'pie title Pets\n  "Dogs" : 386\n  "Cats" : 85',
  mindmap: "mindmap\n  root((mindmap))\n    Origins\n    Tools\n      Pen",
  git: "gitGraph\n  commit\n  branch develop\n  commit\n  checkout main\n  merge develop",
  journey: "journey\n  title Day\n  section Work\n    Tea: 5: Me\n    Code: 3: Me, Cat",
  timeline: "timeline\n  title T\n  2002 : LinkedIn\n  2004 : Facebook : Google",
  quadrant: "quadrantChart\n  title Q\n  x-axis Low --> High\n  y-axis Low --> High\n  A: [0.3, 0.6]",
  xy: 'xychart-beta\n  title "Sales"\n  x-axis [jan, feb]\n  y-axis "R" 0 --> 10\n  bar [5, 6]\n  line [5, 6]',
  sankey: "sankey-beta\n\nA,B,10\nB,C,5",
  block: "block-beta\n  columns 2\n  a b c",
  kanban: "kanban\n  Todo\n    [Write]\n  Done\n    [Read]",
  architecture:
    "architecture-beta\n  group api(cloud)[API]\n  service db(database)[DB] in api\n  service s(server)[S] in api\n  db:L -- R:s",
};

describe.skipIf(!hasBrowser)("a diagram", () => {
  const app = useApp();

  const project = (text: string, more: Partial<Project> = {}): Project => {
    return { path: "a.md", text, folder: ARTEFACTS, files: ["a.md"], ...more };
  };

  async function drawn(page: Page): Promise<Frame> {
    const frame = await (await page.waitForSelector(".diagram > iframe")).contentFrame();
    if (!frame) throw new Error("the diagram's frame is empty");
    await frame.waitForSelector("img");
    return frame;
  }

  test("is drawn in the editor and kept, and is a picture from then on", async () => {
    const kept: Drawing[] = [];
    const { page } = await app.open(project(SOURCE));
    page.on("request", (request) => {
      if (request.url().endsWith("/editor/drawing")) kept.push(request.postDataJSON());
    });
    await drawn(page);
    await expect.poll(() => kept.length).toBe(1);
    expect(drawingOf(kept[0]?.text ?? "")).toBe(drawingOf(GRAPH));
    await page.screenshot({ path: join(ARTEFACTS, "diagram-drawn.png") });
    await page.close();

    const folder = await mkdtemp(join(tmpdir(), "diagrams-"));
    const path = drawingOf(GRAPH);
    await mkdir(join(folder, dirname(path)), { recursive: true });
    await writeFile(join(folder, path), kept[0]?.svg ?? "");
    const scheme = { colorScheme: "dark" } as const;
    const { page: later } = await app.open(project(SOURCE, { folder, files: ["a.md", path] }), scheme);
    const picture = later.getByRole("img", { name: "How a page is made" });
    await picture.waitFor();
    expect(await later.locator("iframe").count()).toBe(0);
    expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(50);
    const shade = async () => {
      const { data } = PNG.sync.read(await picture.screenshot());
      return data.reduce((sum, value) => sum + value, 0) / data.length;
    };
    await later.screenshot({ path: join(ARTEFACTS, "diagram-dark.png") });
    const inTheDark = await shade();
    await later.emulateMedia({ colorScheme: "light" });
    await later.screenshot({ path: join(ARTEFACTS, "diagram-light.png") });
    expect(await shade()).toBeGreaterThan(inTheDark + 50);
    await later.close();
    await rm(folder, { recursive: true });
  });

  test("that can't be drawn says why, and shows its text", async () => {
    const page = await app.show(`/reader/diagram/#${encodeURIComponent("graph TD\n  A -->")}`, project(""));
    await page.getByText("This diagram can’t be drawn: Parse error on line 3").waitFor();
    expect(await page.locator("pre").textContent()).toBe("graph TD\n  A -->");
    await page.close();
  });

  test("is seen and not kept by who may only look", async () => {
    const { page } = await app.open(project(SOURCE, { role: "viewer" }));
    let kept = 0;
    page.on("request", (request) => {
      if (request.url().endsWith("/editor/drawing")) kept++;
    });
    await drawn(page);
    await page.waitForTimeout(500);
    expect(kept).toBe(0);
    await page.close();
  });

  test.each(Object.entries(KINDS))("of the kind %s is drawn", async (_kind, text) => {
    const page = await app.show(`/reader/diagram/#${encodeURIComponent(text)}`, project(""));
    await page.locator("img").waitFor();
    expect(await page.locator("img").evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(50);
    await page.screenshot({ path: join(ARTEFACTS, `diagram-${_kind}.png`) });
    await page.close();
  });
});
