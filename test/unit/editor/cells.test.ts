/** The cells of a document: how they stand, and what is done to them. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterEach, describe, expect, test } from "vitest";
import { findCells } from "../../../shared/document/cells.ts";
import { replaceOutput } from "../../../shared/document/output.ts";
import { anchorOf } from "../../../shared/editor/anchor.ts";
import type { Run } from "../../../shared/editor/run-state.ts";
import { digestOf } from "../../../shared/editor/stale.ts";
import { RUNS, TEXT } from "../../../shared/editor/sync.ts";
import type { Role } from "../../../shared/roles.ts";
import { hasBrowser } from "../../browser.ts";
import { PART_RULES, violationsOn } from "../axe.ts";
import { loaded, useApp } from "./app.ts";
import { ARTEFACTS, PROJECT } from "./app-files.ts";
import type { Wire } from "./wire.ts";

const cell = (code: string) => `\`\`\`python\n${code}\n\`\`\`\n`;
const SESSION = `${PROJECT}:default`;
const STARTED = Date.parse("2026-11-30T10:00:00Z");

describe.skipIf(!hasBrowser)("cells", () => {
  const app = useApp();
  let page: Page;
  let wire: Wire;
  let thrown: string[];
  /** What was asked of the editor server and the runtime. */
  let asked: string[];
  afterEach(async () => {
    await page.close();
    expect(thrown).toEqual([]);
  });

  async function open(text: string, role: Role = "owner", options = {}): Promise<void> {
    const project = { path: "01-waves.md", files: ["01-waves.md"], folder: tmpdir(), text, role };
    asked = [];
    thrown = [];
    ({ page, wire } = await app.open(project, options));
    page.on("pageerror", ({ message }) => thrown.push(message));
    await page.route("**/editor/{run,interrupt}", async (route) => {
      asked.push(`${route.request().url().split("/").at(-1)} ${route.request().postData()}`);
      await route.fulfill({ json: {} });
    });
    await page.locator(".rendered, .cell-mark").first().waitFor();
  }
  const mark = (number: number) => page.locator(".cell-mark").nth(number - 1);
  const state = (number: number) => mark(number).locator(".cell-state");
  const says = (number: number, text: string | RegExp) =>
    expect
      .poll(() => state(number).textContent())
      .toEqual(typeof text === "string" ? text : expect.stringMatching(text));

  /** As the editor server does, when somebody asks for it. */
  function run(number: number, changes: Partial<Run> = {}): Run {
    const text = wire.doc.getText(TEXT);
    const found = findCells(wire.text)[number - 1];
    if (!found) throw new Error(`there is no cell ${number}`);
    const count = wire.doc.getMap(RUNS).size + 1;
    const made: Run = {
      execId: `exec-${String(count).padStart(4, "0")}`,
      request: "request",
      keepGoing: false,
      order: count,
      anchor: anchorOf(text, found.fence),
      session: SESSION,
      language: "python",
      status: "completed",
      code: null,
      digest: digestOf(found.fence.text),
      executionCount: count,
      startedAt: STARTED,
      durationMs: 1_234,
      input: null,
      problem: null,
      ...changes,
    };
    wire.doc.getMap(RUNS).set(made.execId, made);
    return made;
  }
  const update = (before: Run, changes: Partial<Run>) =>
    wire.doc.getMap(RUNS).set(before.execId, { ...before, ...changes });
  function print(number: number, text: string): void {
    const found = findCells(wire.text)[number - 1];
    if (!found) throw new Error(`there is no cell ${number}`);
    wire.doc.transact(() => {
      const shared = wire.doc.getText(TEXT);
      for (const { from, to, insert } of replaceOutput(wire.text, found, { text, assets: [] }).toReversed()) {
        shared.delete(from, to - from);
        shared.insert(from, insert);
      }
    });
  }
  /** Behind the first occurrence of the words, which stand in a cell. */
  async function putCursor(words: string): Promise<void> {
    await page.locator(".cell-line", { hasText: words }).first().click();
    await page.keyboard.press("End");
  }
  async function command(name: string): Promise<void> {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill(name);
    await page.getByRole("option", { name }).first().click();
  }

  const STATES = `# States\n\n${[
    "never",
    "queued",
    "starting",
    "running",
    "asking",
    "done",
    "failed",
    "edited",
    "stale",
    "stopped",
  ]
    .map((name) => cell(`${name}()`))
    .join("\n")}`;

  async function openStates(role: Role, options = {}): Promise<void> {
    await open(STATES, role, { ...options, viewport: { width: 1280, height: 1000, ...Object(options).viewport } });
    // Each in a session of its own: what is above says nothing of it.
    const alone = (number: number, changes: Partial<Run>) =>
      run(number, { session: `${PROJECT}:s${number}`, ...changes });
    const text = wire.doc.getText(TEXT);
    for (const number of [2, 3, 4, 5, 6, 7, 8, 10]) {
      const at = findCells(wire.text)[number - 1]?.fence.from ?? 0;
      text.insert(at + "```python".length, ` s${number}`);
    }
    alone(4, { status: "running", startedAt: Date.now() - 65_000, executionCount: 3, durationMs: null });
    alone(2, { status: "queued", session: `${PROJECT}:s4`, startedAt: null, durationMs: null, executionCount: null });
    alone(3, { status: "running", startedAt: null, durationMs: null, executionCount: null });
    alone(5, { status: "running", input: { prompt: "Your name: ", password: false } });
    alone(6, {});
    alone(7, { status: "failed", durationMs: 12 });
    alone(8, { digest: "another" });
    run(9);
    alone(10, { status: "cancelled" });
    // What was typed into the fences is rendered by now.
    await says(6, /^Done/);
    await says(8, /^Edited/);
    await says(10, "Interrupted");
  }

  test("say how they stand", async () => {
    await openStates("owner");
    const texts = await page.locator(".cell-state").allTextContents();
    expect(texts.map((text) => text.replace(/\[\d+\]/, "[n]"))).toEqual([
      "Not run",
      "Queued, 1 before it",
      "Starting …",
      expect.stringMatching(/^Running 1 min \d s$/),
      "Waits for input",
      "Done 1.2 s [n]",
      "Failed 12 ms [n]",
      "Edited 1.2 s [n]",
      "Stale 1.2 s [n]",
      "Interrupted",
    ]);
    expect(await state(9).getAttribute("title")).toBe("Cells above it have changed or run since, or have not run");
    expect(await page.locator(".cell-mark button").allTextContents()).toEqual([
      "Run",
      "Cancel",
      "Stop",
      "Stop",
      "Stop",
      "Run",
      "Run",
      "Run",
      "Run",
      "Run",
    ]);
    const before = await state(4).textContent();
    await expect.poll(() => state(4).textContent(), { timeout: 5_000 }).not.toBe(before);
  });

  test.each([
    ["light", 1280],
    ["dark", 1280],
    ["light", 390],
    ["dark", 390],
  ] as const)("axe finds nothing in any state, %s, %i px", async (colorScheme, width) => {
    await openStates("owner", { colorScheme, viewport: { width, height: 1000 } });
    await page.screenshot({ path: join(ARTEFACTS, `cells-states-${colorScheme}-${width}.png`) });
    expect(await violationsOn(page, { within: ".cm-editor", rules: [...PART_RULES] })).toEqual([]);
  });

  test("nothing moves when a state changes, and the button keeps the focus", async () => {
    await open(`${cell("one()")}\n${cell("two()")}\nend\n`);
    const lines = () => page.locator(".cm-line").evaluateAll((all) => all.map((it) => it.getBoundingClientRect().top));
    const before = await lines();
    const button = mark(1).getByRole("button");
    await button.focus();
    const first = run(1, { status: "queued", startedAt: null, durationMs: null });
    await says(1, "Queued");
    update(first, { status: "running", startedAt: Date.now(), durationMs: null });
    await says(1, /^Running/);
    expect(await button.textContent()).toBe("Stop");
    expect(await button.evaluate((it) => it === document.activeElement)).toBe(true);
    update(first, { status: "completed", startedAt: STARTED, durationMs: 1_234 });
    await says(1, "Done 1.2 s [1]");
    expect(await lines()).toEqual(before);
  });

  test("who may only look sees how cells stand, and has no buttons", async () => {
    await openStates("viewer");
    expect(await page.locator(".cell-state").count()).toBe(10);
    expect(await page.locator(".cm-content button").count()).toBe(0);
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("cell");
    expect(await page.getByRole("option").locator("span").allTextContents()).toEqual([
      "Hide or show the cell's code",
      "Hide or show the cell's output",
    ]);
  });

  test("who may run but not write has no commands that write", async () => {
    const text = `${cell("one()")}\n\`\`\`output\n1\n\`\`\`\n`;
    await open(text, "runner");
    await putCursor("one()");
    await page.keyboard.press("Alt+ArrowDown");
    await page.keyboard.press("Control+Enter");
    await expect.poll(() => asked).toEqual(['run {"path":"01-waves.md","which":"this","cell":1}']);
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("cell");
    const names = await page.getByRole("option").locator("span").allTextContents();
    expect(names).toContain("Run this cell");
    expect(names.filter((name) => /Clear|Move|Insert|Delete|Split/i.test(name))).toEqual([]);
    expect(wire.text).toBe(text);
  });

  test("Shift-Enter runs a cell and goes to the next, and behind the last one's output", async () => {
    await open(`${cell("one()")}\nProse.\n\n${cell("two()")}\n\`\`\`output\n2\n\`\`\`\n`);
    await putCursor("one()");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("a");
    await expect.poll(() => wire.text).toContain("\natwo()");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("b");
    await expect.poll(() => wire.text).toMatch(/2\n```\nb$/);
    await expect.poll(() => asked).toEqual([1, 2].map((n) => `run {"path":"01-waves.md","which":"this","cell":${n}}`));
  });

  test("Ctrl-Enter runs a cell and stays; its button runs it, and ends its run", async () => {
    await open(`${cell("one()")}\n${cell("two()")}`);
    await putCursor("one()");
    await page.keyboard.press("Control+Enter");
    await page.keyboard.type("!");
    await expect.poll(() => wire.text).toContain("one()!");
    await page.getByRole("button", { name: "Run cell 2" }).click();
    await expect.poll(() => asked).toHaveLength(2);
    run(2, { status: "running", durationMs: null });
    await page.getByRole("button", { name: "Interrupt cell 2" }).click();
    await expect.poll(() => asked.at(-1)).toBe('interrupt {"path":"01-waves.md","cell":2}');
  });

  test("what is pressed before the code of cells is there is done as soon as it is", async () => {
    await open(`${cell("one()")}\n${cell("two()")}`);
    const { promise: arrival, resolve: arrive } = Promise.withResolvers<void>();
    await page.route("**/editor/cells", async (route) => {
      await arrival;
      await route.fallback();
    });
    await page.reload();
    await page.locator(".cm-line", { hasText: "one()" }).click();
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.press("Shift+Enter");
    expect(asked).toEqual([]);
    arrive();
    await expect.poll(() => asked.length).toBe(2);
    expect(asked).toEqual([1, 2].map((number) => `run {"path":"01-waves.md","which":"this","cell":${number}}`));
    expect(wire.text).toContain("one()\n```");
  });

  test("a cell that was begun and not closed is closed when it is to run", async () => {
    await open("text\n");
    await page.locator(".cm-content").click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type("\n```python\n1+1");
    await page.keyboard.press("Control+Enter");
    await expect.poll(() => asked).toEqual(['run {"path":"01-waves.md","which":"this","cell":1}']);
    expect(wire.text).toBe("text\n\n```python\n1+1\n```");
  });

  test("a cell moves with its output and its state; taken back, all is as before", async () => {
    const text = `# A\n\n${cell("one()")}\n\`\`\`output\n1\n\`\`\`\n\n${cell("two()")}\nend\n`;
    await open(text);
    run(1);
    run(2);
    await says(2, "Done 1.2 s [2]");
    await putCursor("one()");
    await page.keyboard.press("Alt+ArrowDown");
    const moved = `# A\n\n${cell("two()")}\n${cell("one()")}\n\`\`\`output\n1\n\`\`\`\n\nend\n`;
    await expect.poll(() => wire.text).toBe(moved);
    await says(1, "Done 1.2 s [2]");
    await says(2, "Stale 1.2 s [1]");
    await page.keyboard.type("!");
    await expect.poll(() => wire.text).toContain("one()!");
    await page.keyboard.press("Control+z");
    await expect.poll(() => wire.text).toBe(moved);
    await page.keyboard.press("Control+z");
    await expect.poll(() => wire.text).toBe(text);
    await says(1, "Done 1.2 s [1]");
    await says(2, "Done 1.2 s [2]");
  });

  test("a cell that runs is not cut out: what it goes past is, and its output finds it", async () => {
    await open(`Prose.\n\n${cell("one()")}\nend\n`);
    run(1, { status: "running", durationMs: null });
    await says(1, /^Running/);
    await putCursor("one()");
    await page.keyboard.press("Alt+ArrowUp");
    await expect.poll(() => wire.text).toBe(`${cell("one()")}\nProse.\n\nend\n`);
    await says(1, /^Running/);
    await page.keyboard.press("Alt+ArrowUp");
    await page.getByRole("alert").getByText("There is no place to move the cell to.").waitFor();
  });

  test("outputs are cleared, cells inserted, split and deleted, each in one step to take back", async () => {
    const text = `${cell("one()\ntwo()")}\n\`\`\`output\n1\n\`\`\`\n\nend\n`;
    await open(text);
    await putCursor("two()");
    const takeBack = async () => {
      await page.keyboard.press("Control+z");
      await expect.poll(() => wire.text).toBe(text);
    };
    await command("Clear all outputs");
    await expect.poll(() => wire.text).toBe(`${cell("one()\ntwo()")}\nend\n`);
    await takeBack();
    await command("Clear this cell's output");
    await expect.poll(() => wire.text).toBe(`${cell("one()\ntwo()")}\nend\n`);
    await takeBack();
    await command("Insert a cell below");
    await page.keyboard.type("new()");
    await expect.poll(() => wire.text).toBe(text.replace("end", `${cell("new()")}\nend`));
    await page.keyboard.press("Control+z");
    await takeBack();
    await putCursor("one()");
    await page.keyboard.press("Control+Shift+-");
    await expect.poll(() => wire.text).toContain(`${cell("one()")}\n${cell("two()")}\n\`\`\`output`);
    await takeBack();
    await command("Delete the cell and its output");
    await expect.poll(() => wire.text).toBe("end\n");
    await takeBack();
  });

  test("code and output are hidden for oneself, and are so again in this browser", async () => {
    const text = `${cell("one()\ntwo()")}\n\`\`\`output\n1\n\`\`\`\n\n${cell("three()")}\nend\n`;
    await open(text);
    await putCursor("two()");
    await page.keyboard.press("Control+Shift+h");
    await page.getByRole("button", { name: "2 lines of code hidden" }).waitFor();
    expect(await page.getByText("two()").count()).toBe(0);
    await page.keyboard.press("Alt+Shift+h");
    await page.getByRole("button", { name: "3 lines of output hidden" }).waitFor();
    await page.screenshot({ path: join(ARTEFACTS, "cells-folded.png") });
    expect(await violationsOn(page, { within: ".cm-editor", rules: [...PART_RULES] })).toEqual([]);
    await page.reload();
    await page.getByRole("button", { name: "2 lines of code hidden" }).click();
    await page.locator(".cell-line", { hasText: "two()" }).waitFor();
    await page.getByRole("button", { name: "3 lines of output hidden" }).click();
    await page.locator("pre.output").waitFor();
    await page.reload();
    await page.locator("pre.output").waitFor();
    await mark(1).waitFor();
    expect(await page.locator(".folded").count()).toBe(0);
    expect(wire.text).toBe(text);
  });

  test("output that streams stays in view at its end, unless somebody has scrolled up to read", async () => {
    await open(`${cell("one()")}\nend\n`);
    run(1, { status: "running", durationMs: null });
    const lines = (count: number) => Array.from({ length: count }, (_, i) => `line ${i + 1}`).join("\n");
    const output = page.locator("pre.output");
    const isAtEnd = () => output.evaluate((it) => it.scrollHeight - it.scrollTop - it.clientHeight < 4);
    for (const count of [5, 40, 80]) {
      print(1, lines(count));
      await expect.poll(() => output.textContent()).toContain(`line ${count}`);
      expect(await isAtEnd()).toBe(true);
    }
    expect((await output.boundingBox())?.height).toBeLessThan(485);
    await output.evaluate((it) => it.setAttribute("data-same", ""));
    await output.evaluate((it) => it.scrollTo(0, 100));
    print(1, lines(120));
    await expect.poll(() => output.textContent()).toContain("line 120");
    expect(await output.evaluate((it) => it.scrollTop)).toBe(100);
    expect(await page.locator("pre.output[data-same]").count()).toBe(1);
  });

  /** What is far away is not even drawn. */
  async function scrollTo(words: string): Promise<void> {
    const line = page.locator(".cell-line", { hasText: words });
    await expect
      .poll(async () => {
        if ((await line.count()) > 0) return true;
        await page.locator(".cm-scroller").evaluate((it) => it.scrollBy(0, 300));
        return false;
      })
      .toBe(true);
    await line.scrollIntoViewIfNeeded();
  }

  const PROSE = Array.from({ length: 30 }, (_, i) => `Paragraph ${i}.\n`).join("\n");
  test.each([
    ["in view", `${cell("one()")}\n${cell("typed()")}\n`],
    ["in view, in a long document", `${cell("one()")}\n${cell("typed()")}\n${PROSE}`],
    ["half out of view", `${PROSE}\n${cell("one()")}\n${"x\n\n".repeat(8)}${cell("typed()")}\n${PROSE}`],
  ])("output that grows above the cursor does not move the line that is typed: %s", async (_, text) => {
    await open(text);
    await scrollTo("typed()");
    await putCursor("typed()");
    await page.locator(".cell-mark").first().waitFor();
    run(1, { status: "running", durationMs: null });
    /** As it is painted: between two frames the page may hold what no one gets to see. */
    const caret = () =>
      page.locator(".cell-line", { hasText: "typed()" }).evaluate(
        (line) =>
          new Promise<number>((done) => {
            const observer = new IntersectionObserver(([painted]) => {
              observer.disconnect();
              done(painted?.boundingClientRect.top ?? Number.NaN);
            });
            observer.observe(line);
          }),
      );
    const before = await caret();
    const tops: number[] = [];
    for (let count = 1; count <= 40; count += 3) {
      print(1, Array.from({ length: count }, (_, i) => `line ${i + 1}`).join("\n"));
      await page.keyboard.type("x");
      await expect.poll(() => wire.text).toContain(`typed()${"x".repeat((count + 2) / 3)}`);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      tops.push(Math.round((await caret()) - before));
    }
    await expect.poll(() => page.locator("pre.output").textContent()).toContain("line 40");
    tops.push(Math.round((await caret()) - before));
    expect(tops.filter((by) => Math.abs(by) > 1)).toEqual([]);
  });

  describe("ask the runtime", () => {
    const match = (label: string, more: object = {}) => ({ label, insertText: label, kind: "function", ...more });
    /** Answers by question; what is asked in vain is found nowhere. */
    async function knows(answers: Readonly<Record<string, (code: string, cursor: number) => object>>): Promise<void> {
      await page.route("**/mrp/v1/*", async (route) => {
        const question = route.request().url().split("/").at(-1) ?? "";
        const { session, code, cursor } = route.request().postDataJSON();
        asked.push(`${question} ${session} ${JSON.stringify(code)} ${cursor}`);
        await route.fulfill({ json: answers[question]?.(code, cursor) ?? { found: false } });
      });
    }
    const ofRunners = ["cells", "completion", "wiki-completion", "runtime-completion", "runtime-hover"];
    const options = () => page.locator(".cm-tooltip-autocomplete [role=option] .cm-completionLabel").allTextContents();
    const members = (_: string, cursor: number) => ({
      matches: [match("array", { detail: "(object)" }), match("arange", { valuePreview: "a range" })],
      cursorStart: cursor,
      cursorEnd: cursor,
    });

    test("completes members after a dot, of the session that runs the cell", async () => {
      await open(`# A\n\n${cell("x = 1\nnp").replace("python", "python gpu")}\nend\n`);
      await loaded(page, ...ofRunners);
      await knows({ complete: members });
      await putCursor("np");
      await page.keyboard.type(".");
      await expect.poll(options, { timeout: 5_000 }).toEqual(["arange", "array"]);
      expect(asked).toEqual([`complete ${PROJECT}:gpu "x = 1\\nnp." 9`]);
      await page.screenshot({ path: join(ARTEFACTS, "cells-completion.png") });
      expect(await violationsOn(page, { within: ".cm-editor", rules: [...PART_RULES] })).toEqual([]);
      await page.keyboard.type("arr");
      await expect.poll(options).toEqual(["array"]);
      await page.keyboard.press("Tab");
      await expect.poll(() => wire.text).toContain("np.array\n");
      expect(asked).toHaveLength(1);
    });

    test("falls back to the document's words, and leaves Enter to whoever writes on", async () => {
      await open(`${cell("wavelength = 1\nfirst\nlast")}\nend\n`);
      await loaded(page, ...ofRunners);
      await knows({ complete: (_, cursor) => ({ matches: [], cursorStart: cursor, cursorEnd: cursor }) });
      await putCursor("first");
      await page.keyboard.type(" + wave");
      await expect.poll(options, { timeout: 5_000 }).toEqual(["wavelength"]);
      await page.keyboard.press("Enter");
      await expect.poll(() => wire.text).toContain("first + wave\n");
      await page.keyboard.type("wavel");
      await expect.poll(options, { timeout: 5_000 }).toEqual(["wavelength"]);
      await page.keyboard.press("Escape");
      await page.keyboard.press("Control+Space");
      await expect.poll(options, { timeout: 5_000 }).toEqual(["wavelength"]);
      // CodeMirror takes nothing from a list that has only just opened (75 ms).
      await page.waitForTimeout(100);
      await page.keyboard.press("Enter");
      await expect.poll(() => wire.text).toContain("\nwavelength\nlast");
    });

    test("is not asked about prose or comments", async () => {
      await open(`${cell("# note\nx")}\nend\n`);
      await loaded(page, ...ofRunners);
      await knows({ complete: members });
      await putCursor("# note");
      await page.keyboard.type(" of");
      await page.locator(".rendered", { hasText: "end" }).click();
      await page.keyboard.press("End");
      await page.keyboard.type(" of. it");
      await expect.poll(() => wire.text).toContain("end of. it");
      await putCursor("x");
      await page.keyboard.type(".");
      await expect.poll(() => asked).toHaveLength(1);
    });

    const INSPECTED = {
      found: true,
      name: "mean",
      type: "function",
      signature: "mean(values)",
      docstring: "The mean.\n\nOf all <b>values</b>.\n4\n5",
    };

    test("says under the pointer what a name is, and at length with Ctrl-I", async () => {
      await open(`${cell("mean(x)")}\nend\n`);
      await loaded(page, ...ofRunners);
      await knows({ hover: () => ({ ...INSPECTED, value: "<function>" }), inspect: () => INSPECTED });
      await page.getByText("mean(x)").hover({ position: { x: 30, y: 10 } });
      const tip = page.locator(".runtime-tip");
      await tip.getByText("mean(values)").waitFor();
      expect(await tip.locator("pre").textContent()).toBe("The mean.\n\nOf all <b>values</b>.\n4");
      await page.screenshot({ path: join(ARTEFACTS, "cells-hover.png") });
      expect(await violationsOn(page, { within: ".cm-editor", rules: [...PART_RULES] })).toEqual([]);
      await page.mouse.move(5, 500);
      await expect.poll(() => tip.count()).toBe(0);
      await putCursor("mean(x)");
      await page.keyboard.press("Control+i");
      await tip.getByText("mean(values)").waitFor();
      expect(await tip.locator("pre").textContent()).toBe(INSPECTED.docstring);
      await page.keyboard.press("Escape");
      await expect.poll(() => tip.count()).toBe(0);
    });

    test("nothing of who may not run", async () => {
      await open(`${cell("mean(x)")}\nend\n`, "viewer");
      await loaded(page, "cells", "completion", "wiki-completion");
      await knows({});
      await page.getByText("mean(x)").hover({ position: { x: 30, y: 10 } });
      await page.locator(".cell-line", { hasText: "mean(x)" }).click();
      await page.keyboard.press("Control+i");
      await page.keyboard.press("Control+Space");
      await page.waitForTimeout(700);
      expect(asked).toEqual([]);
    });
  });

  test("a cell that asks has a field below it, whose answer goes to the runtime", async () => {
    await open(`${cell("one()")}\nend\n`);
    await page.route("**/mrp/v1/input", async (route) => {
      asked.push(`input ${route.request().postData()}`);
      await route.fulfill({ json: { accepted: true } });
    });
    const running = run(1, { status: "running", input: { prompt: "Your name: ", password: false } });
    await page.getByLabel("Your name:").fill("Ada");
    await page.keyboard.press("Enter");
    await expect
      .poll(() => asked.at(-1))
      .toBe(`input ${JSON.stringify({ session: SESSION, exec_id: running.execId, text: "Ada" })}`);
    update(running, { input: null });
    await expect.poll(() => page.getByLabel("Your name:").count()).toBe(0);
  });
});
