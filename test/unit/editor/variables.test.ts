/** The variables of a session beside the document, and a data frame page by page. Pictures are kept in test/artefacts. */
import { join } from "node:path";
import type { Page, Route } from "playwright-core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { anchorOf } from "../../../shared/editor/anchor.ts";
import type { Run } from "../../../shared/editor/run-state.ts";
import { RUNS, TEXT } from "../../../shared/editor/sync.ts";
import type { Sort } from "../../../shared/mrp/introspection.ts";
import type { Role } from "../../../shared/roles.ts";
import { hasBrowser } from "../../browser.ts";
import { PART_RULES, violationsOn } from "../axe.ts";
import { type Opened, useApp } from "./app.ts";
import { ARTEFACTS, answerFor, PROJECT } from "./app-files.ts";

const DOCUMENT =
  '# Waves\n\n```python\nheight = 3\n```\n\n```r\nheight <- 4\n```\n\n```python gpu\nheight = "high"\n```\n';
const ROWS = 1_000_000;
const variable = (name: string, type: string, value: string, more: object = {}) => ({ name, type, value, ...more });

/** What a variable is asked for. */
interface Asked {
  readonly offset: number;
  readonly limit: number;
  readonly column: number;
  readonly sort: Sort | null;
}

const SESSIONS: Readonly<Record<string, object[]>> = {
  "thesis:default": [
    variable("crests", "dict", "{'a': 1, 'b': [2, 3]}", { size: 232, expandable: true, length: 2, keys: ["a", "b"] }),
    variable("frame", "DataFrame", "<DataFrame of 1000000 × 3>", {
      size: 24_000_000,
      expandable: true,
      shape: [ROWS, 3],
    }),
    variable("height", "int", "3", { size: 28 }),
    variable("label", "str", "'<img src=x onerror=alert(1)>'", { size: 77, length: 28 }),
    variable("poem", "str", "'Full fathom five thy father lies …", { size: 4_049, length: 4_000 }),
    variable("wide", "DataFrame", "<DataFrame of 1 × 250>", { size: 2_132, expandable: true, shape: [1, 250] }),
  ],
  "thesis:r:default": [variable("height", "numeric", "4", { size: 56, length: 1 })],
  "thesis:gpu": [variable("height", "str", "'high'", { size: 53, length: 4 })],
};

/** As long as one would wait at a slow machine. */
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 10_000 });

describe.skipIf(!hasBrowser)("the variables", () => {
  const app = useApp();
  let page: Page;
  let wire: Opened["wire"];
  /** What the runtime has. */
  let sessions: Record<string, object[]>;
  let runtime: object | null;
  /** Requests to the runtime, as method, path and body. */
  let asked: string[];
  let thrown: string[];
  /** Whether the kernel knows only tables' first columns, as they are. */
  let isOld: boolean;

  beforeEach(() => {
    isOld = false;
    sessions = structuredClone(SESSIONS);
    runtime = { state: "running" };
    asked = [];
    thrown = [];
  });
  afterEach(async () => {
    await page.close();
    expect(thrown).toEqual([]);
  });

  /** As the daemon does it. */
  function answer(route: Route): Promise<void> {
    const request = route.request();
    const path = new URL(request.url()).pathname.split("/mrp/v1/")[1] ?? "";
    const body = request.postDataJSON();
    asked.push(`${request.method()} ${path} ${JSON.stringify(body)}`);
    if (path === "sessions") return route.fulfill({ json: { sessions: Object.keys(sessions).map((id) => ({ id })) } });
    const variables = sessions[body.session] ?? [];
    if (path === "variables")
      return route.fulfill({ json: { variables, count: variables.length, truncated: false, source: "runtime" } });
    const name = decodeURIComponent(path.split("/")[1] ?? "");
    const found = detail([name, ...body.path].join("."), body);
    if (found) return route.fulfill({ json: found });
    const message = `no variable ${name}`;
    return route.fulfill({ status: 404, json: { error: { code: "not_found", message } } });
  }

  function detail(place: string, { offset, limit, column, sort }: Asked): object | null {
    switch (place) {
      case "crests": {
        const children = [
          variable("a", "int", "1"),
          variable("b", "list", "[2, 3]", { expandable: true, length: 120 }),
        ];
        return variable("crests", "dict", "{…}", { children, count: 2 });
      }
      case "crests.b": {
        const members = Array.from({ length: 120 }, (_, i) => variable(String(i), "int", String(i * 2)));
        return variable("b", "list", "[…]", { children: members.slice(offset, offset + limit), count: 120 });
      }
      case "poem":
        return variable("poem", "str", "'Full …", {
          fullValue: "Full fathom five thy father lies;\nOf his bones are coral made;",
        });
      case "frame": {
        if (sort?.column === 2) return null;
        const index = Array.from({ length: Math.max(0, Math.min(limit, ROWS - offset)) }, (_, i) =>
          String(sort?.descending ? ROWS - 1 - offset - i : offset + i),
        );
        const rows = index.map((row) => [`${row}.5`, Number(row) % 7 === 3 ? null : "<b>spring</b>", "2026-01-01"]);
        const columns = [
          { name: "height", dtype: "float64" },
          { name: "tide", dtype: "object" },
          { name: "day", dtype: "datetime64[ns]" },
        ];
        const table = { columns, index, rows, firstColumn: 0, sort };
        return variable("frame", "DataFrame", "<…>", { shape: [ROWS, 3], count: ROWS, table });
      }
      case "wide": {
        const first = isOld ? 0 : column;
        const columns = Array.from({ length: Math.min(100, 250 - first) }, (_, i) => ({
          name: `w${first + i}`,
          dtype: "int64",
        }));
        const table = { columns, index: ["0"], rows: [columns.map(({ name }) => name)] };
        const more = isOld ? {} : { firstColumn: first, sort };
        return variable("wide", "DataFrame", "<…>", { shape: [1, 250], count: 1, table: { ...table, ...more } });
      }
      default:
        return null;
    }
  }

  async function open(role: Role = "owner", options = {}): Promise<void> {
    const project = { path: "01-waves.md", text: DOCUMENT, folder: ARTEFACTS, files: ["01-waves.md"], role };
    ({ page, wire } = await app.open(project, options));
    page.on("pageerror", ({ message }) => thrown.push(message));
    await page.route("**/mrp/v1/**", answer);
    await page.route(`**/api/projects/${PROJECT}`, (route) =>
      route.fulfill({ json: { ...answerFor(`/api/projects/${PROJECT}`, role, project.files), runtime: view() } }),
    );
  }
  const view = () =>
    runtime && {
      id: "3b241101-e2bb-4255-8caf-4136c566a962",
      epoch: 1,
      tier: "local",
      reason: null,
      memory: null,
      move: null,
      held: [],
      signals: [],
      ...runtime,
    };
  const panel = () => page.getByRole("complementary", { name: "Variables" });
  const names = () => panel().locator(".variable-list .name");
  const row = (name: string) =>
    panel()
      .locator("li", { has: page.locator(`:scope > div > .name:text-is("${name}")`) })
      .first();

  async function show(): Promise<void> {
    await page.getByRole("button", { name: "Variables" }).click();
    await panel().getByRole("button", { name: "Refresh" }).waitFor();
  }

  /** As the editor server writes it: the cell that holds the text has run. */
  function ran(within: string, session: string, status: Run["status"] = "completed", order = Date.now()): void {
    const text = wire.doc.getText(TEXT);
    const from = text.toString().lastIndexOf("```", text.toString().indexOf(within));
    const run: Run = {
      execId: `run-${order}-${status}`,
      request: "a",
      keepGoing: false,
      order,
      anchor: anchorOf(text, { from, to: text.toString().indexOf("```", from + 3) + 3 }),
      session,
      language: "python",
      status,
      code: null,
      digest: "",
      executionCount: 1,
      input: null,
      problem: null,
      startedAt: null,
      durationMs: null,
    };
    wire.doc.getMap(RUNS).set(run.execId, run);
  }

  test("have a name, a type, a size and a value, as text; and are filtered by name and type", async () => {
    await open();
    await page.keyboard.press("Control+Shift+Y");
    await names().first().waitFor();
    expect(await names().allTextContents()).toEqual(["crests", "frame", "height", "label", "poem", "wide"]);
    expect(await row("frame").locator(".hint").textContent()).toBe("DataFrame · 1,000,000 × 3 · 23 MB");
    expect(await row("height").locator(".hint").textContent()).toBe("int · 28 bytes");
    expect(await row("label").locator(".value").textContent()).toBe("'<img src=x onerror=alert(1)>'");
    await panel().getByRole("searchbox").fill("str");
    expect(await names().allTextContents()).toEqual(["label", "poem"]);
    await panel().getByRole("searchbox").fill("nothing");
    await panel().getByText('No variable is called "nothing".').waitFor();
    await page.keyboard.press("Escape");
    expect(await panel().count()).toBe(0);
  });

  test("are looked at anew when a run of the document has ended, and when asked to", async () => {
    await open();
    await show();
    await row("height").getByText("3", { exact: true }).waitFor();
    sessions["thesis:default"] = [variable("height", "int", "5")];
    const before = asked.length;
    ran("height = 3", `${PROJECT}:default`, "running");
    ran("height = 3", `${PROJECT}:default`, "completed");
    await row("height").getByText("5", { exact: true }).waitFor();
    // Once for the run that has ended, none for the one that runs.
    expect(asked.length - before).toBe(2);
    sessions["thesis:default"] = [variable("height", "int", "6")];
    await panel().getByRole("button", { name: "Refresh" }).click();
    await row("height").getByText("6", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Close variables" }).click();
    const closed = asked.length;
    ran("height = 3", `${PROJECT}:default`, "failed");
    await page.getByRole("button", { name: "Variables" }).click();
    await row("height").waitFor();
    expect(asked.length - closed).toBe(2);
  });

  test("are those of the cell at the cursor, until one chooses a session", async () => {
    await open();
    ran("height = 3", `${PROJECT}:default`, "completed", 1);
    ran("height <-", `${PROJECT}:r:default`, "completed", 2);
    ran('height = "high"', `${PROJECT}:gpu`, "completed", 3);
    await page.locator(".cm-content").getByText("height <- 4").click();
    await show();
    await row("height").getByText("4", { exact: true }).waitFor();
    const chosen = panel().getByRole("combobox", { name: "Session" });
    expect(await chosen.locator("option").allTextContents()).toEqual([
      "default (python)",
      "default (r)",
      "gpu (python)",
    ]);
    expect(await chosen.inputValue()).toBe("thesis:r:default");
    await chosen.selectOption("thesis:gpu");
    await row("height").getByText("'high'").waitFor();
    await panel().getByRole("button", { name: "Refresh" }).click();
    await eventually(() => asked.at(-1)).toBe('POST variables {"session":"thesis:gpu"}');
    expect(await chosen.inputValue()).toBe("thesis:gpu");
  });

  test("are opened inwards, page by page, and stay open when looked at anew", async () => {
    await open();
    await show();
    await panel().getByRole("button", { name: "What is in crests", exact: true }).click();
    await panel().getByRole("button", { name: "What is in crests › b" }).click();
    const members = row("b").locator(".inside .name");
    await eventually(() => members.count()).toBe(50);
    await panel().getByRole("button", { name: "50 more of 120" }).click();
    await eventually(() => members.count()).toBe(100);
    const rest = panel().getByRole("button", { name: "20 more of 120" });
    expect(await rest.evaluate((it) => it === document.activeElement)).toBe(true);
    await rest.click();
    await eventually(() => members.count()).toBe(120);
    expect(asked.at(-1)).toBe(
      'POST variables/crests {"session":"thesis:default","path":["b"],"offset":100,"limit":50}',
    );
    await panel().getByRole("button", { name: "What is in poem" }).click();
    await panel().getByRole("region", { name: "The whole value" }).getByText("Of his bones").waitFor();
    ran("height = 3", `${PROJECT}:default`);
    await eventually(() => members.count()).toBe(50);
    expect(await panel().getByRole("button", { name: "What is in poem" }).getAttribute("aria-expanded")).toBe("true");
    // What the keyboard stood on is what it stands on.
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
    expect(await focused()).toBe("What is in poem");
    await page.keyboard.press("Enter");
    expect(await panel().getByRole("region", { name: "The whole value" }).count()).toBe(0);
  });

  test.each([
    [null, "No runtime is running. Run a cell to start it."],
    [{ state: "asleep" }, "The runtime is asleep. Run a cell to wake it: its variables are all kept."],
    [{ state: "running" }, "No session has started yet. Run a cell first."],
    [{ state: "moving" }, "The runtime is moving. Its variables can't be seen now."],
  ])("say plainly why there are none, and ask nothing that would start a runtime: %j", async (now, words) => {
    sessions = {};
    runtime = now;
    await open();
    // Until then, the page takes it that no runtime runs.
    await page.waitForResponse(`**/api/projects/${PROJECT}`);
    await show();
    await panel().getByText(words).waitFor();
    expect(asked).toEqual(["GET sessions null"]);
    expect(await panel().getByRole("searchbox").count()).toBe(0);
  });

  test("say why they can't be shown", async () => {
    await open();
    await page.route("**/mrp/v1/variables", (route) =>
      route.fulfill({ status: 503, json: { error: { code: "unavailable", message: "the runtime does not answer" } } }),
    );
    await show();
    await panel().getByText("the runtime does not answer").waitFor();
  });

  test("are not there for who may not run cells", async () => {
    await open("viewer");
    expect(await page.getByRole("button", { name: "Comments" }).count()).toBe(1);
    expect(await page.getByRole("button", { name: "Variables" }).count()).toBe(0);
  });

  describe("a data frame", () => {
    const table = () => page.getByRole("dialog", { name: "frame" });
    const press = (name: string) => table().getByRole("button", { name, exact: true }).click();
    const shows = (words: string) => table().getByText(words, { exact: true }).waitFor();
    async function openFrame(options = {}): Promise<void> {
      await open("owner", options);
      await show();
      await panel().getByRole("button", { name: "frame as a table" }).click();
      await shows("1–100 of 1,000,000 rows");
    }

    test("opens with names, types and row labels, and its cells are text", async () => {
      await openFrame();
      const heads = await table().locator("thead th").allTextContents();
      expect(heads).toEqual(["heightfloat64", "tideobject", "daydatetime64[ns]"]);
      const [first, , , fourth] = await table().locator("tbody tr").all();
      expect(await first?.locator("th, td").allTextContents()).toEqual(["0", "0.5", "<b>spring</b>", "2026-01-01"]);
      expect(await fourth?.locator("td").nth(1).textContent()).toBe("none");
      await page.keyboard.press("Escape");
      expect(await table().count()).toBe(0);
      expect(await panel().count()).toBe(1);
    });

    test("is read page by page, each asked for when it is seen", async () => {
      await openFrame();
      expect(await table().getByRole("button", { name: "Previous" }).isDisabled()).toBe(true);
      await press("Next");
      await shows("101–200 of 1,000,000 rows");
      await press("Last");
      await shows("999,901–1,000,000 of 1,000,000 rows");
      expect(await table().locator("tbody tr").count()).toBe(100);
      // The button can't be pressed any more, so the cells have the focus.
      expect(
        await table()
          .getByRole("region")
          .evaluate((it) => it === document.activeElement),
      ).toBe(true);
      await table().getByRole("spinbutton").fill("54321");
      await page.keyboard.press("Enter");
      await shows("54,301–54,400 of 1,000,000 rows");
      await press("First");
      await shows("1–100 of 1,000,000 rows");
      const offsets = asked.flatMap((line) => /"offset":(\d+),"column":0/.exec(line)?.[1] ?? []);
      expect(offsets).toEqual(["0", "100", "999900", "54300", "0"]);
    });

    test("is sorted by a column, up and down and not at all, from its first row on", async () => {
      await openFrame();
      await press("Next");
      await shows("101–200 of 1,000,000 rows");
      const height = table().getByRole("columnheader", { name: "height" });
      const sorted = (order: string) => eventually(() => height.getAttribute("aria-sort")).toBe(order);
      await height.getByRole("button").press("Enter");
      await sorted("ascending");
      await shows("1–100 of 1,000,000 rows");
      // The heads are drawn anew, and the keyboard stands where it stood.
      await page.keyboard.press("Enter");
      await sorted("descending");
      await table().getByRole("rowheader", { name: "999999" }).waitFor();
      await press("Next");
      await table().getByRole("rowheader", { name: "999899" }).waitFor();
      await height.getByRole("button").click();
      await sorted("none");
      await table().getByRole("rowheader", { name: "0", exact: true }).waitFor();
      const before = await table().locator("tbody").textContent();
      await table().getByRole("columnheader", { name: "day" }).getByRole("button").click();
      await table().getByRole("alert").getByText("no variable frame").waitFor();
      expect(await table().locator("tbody").textContent()).toBe(before);
    });

    test("of many columns shows a hundred, and the next ones; of an old runtime the first ones only", async () => {
      await open();
      await show();
      await panel().getByRole("button", { name: "wide as a table" }).click();
      const wide = page.getByRole("dialog", { name: "wide" });
      const says = (words: string) => wide.getByText(words, { exact: true }).waitFor();
      await says("DataFrame · 1 × 250 · columns 1–100");
      expect(await wide.getByRole("button", { name: "‹ Columns" }).isDisabled()).toBe(true);
      await wide.getByRole("button", { name: "Columns ›" }).click();
      await says("DataFrame · 1 × 250 · columns 101–200");
      await wide.getByRole("button", { name: "Columns ›" }).click();
      await says("DataFrame · 1 × 250 · columns 201–250");
      expect(await wide.locator("tbody td").last().textContent()).toBe("w249");
      expect(await wide.getByRole("button", { name: "Columns ›" }).isDisabled()).toBe(true);
      isOld = true;
      await wide.getByRole("button", { name: "‹ Columns" }).click();
      await says("DataFrame · 1 × 250 · columns 1–100");
      await says("This runtime shows the first columns only.");
    });

    test("says so when it is gone", async () => {
      await openFrame();
      await page.route("**/mrp/v1/variables/frame", (route) =>
        route.fulfill({ status: 404, json: { error: { code: "not_found", message: "no variable frame" } } }),
      );
      await press("Next");
      await table().getByRole("alert").getByText("no variable frame").waitFor();
    });

    test.each([
      ["light", 1280],
      ["dark", 390],
    ] as const)("axe finds nothing, %s, %i px", async (colorScheme, width) => {
      await openFrame({ colorScheme, viewport: { width, height: 800 } });
      await page.screenshot({ path: join(ARTEFACTS, `data-frame-${colorScheme}-${width}.png`) });
      expect(await violationsOn(page)).toEqual([]);
    });
  });

  test.each([
    ["light", 1280],
    ["dark", 1280],
    ["dark", 390],
  ] as const)("axe finds nothing, %s, %i px", async (colorScheme, width) => {
    await open("owner", { colorScheme, viewport: { width, height: 800 } });
    await show();
    await panel().getByRole("button", { name: "What is in crests", exact: true }).click();
    await panel().getByRole("button", { name: "What is in poem" }).click();
    await panel().getByRole("region", { name: "The whole value" }).waitFor();
    await page.screenshot({ path: join(ARTEFACTS, `variables-${colorScheme}-${width}.png`) });
    expect(await violationsOn(page, { within: "#side-variables", rules: PART_RULES })).toEqual([]);
  });
});
