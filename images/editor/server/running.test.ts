import { afterEach, expect, test } from "vitest";
import { Run } from "../../../shared/editor/run-state.ts";
import { RUNS } from "../../../shared/editor/sync.ts";
import { ScriptedKernel } from "./testing/scripted-kernel.ts";
import { Workplace } from "./testing/workplace.ts";

let place: Workplace;
afterEach(() => place.dispose());

const cell = (code: string) => `\`\`\`python\n${code}\n\`\`\`\n`;

test("cells run in order, one session each their own, and their outputs stand behind them in the file at the end", async () => {
  place = await Workplace.create(
    { "docs/a.md": `${cell("say one")}\ntext\n\n${cell("say two\ndraw 0123456789ab")}` },
    new ScriptedKernel().run,
  );
  const lines = await place.run("docs/a.md");
  expect(lines).toEqual([
    { type: "cell", cell: 1, line: 1, status: "running" },
    { type: "output", cell: 1, stream: "stdout", text: "one\n" },
    { type: "cell", cell: 1, line: 1, status: "completed" },
    { type: "cell", cell: 2, line: 7, status: "running" },
    { type: "output", cell: 2, stream: "stdout", text: "two\n" },
    { type: "asset", cell: 2, path: "_assets/generated/0123456789ab.png" },
    { type: "cell", cell: 2, line: 7, status: "completed" },
    { type: "summary", path: "docs/a.md", cells: 2, completed: 2, failed: 0, cancelled: 0 },
  ]);
  expect(place.daemon.ran).toEqual(["say one", "say two\ndraw 0123456789ab"]);
  const after = await place.read("docs/a.md");
  expect(after).toBe(
    `${cell("say one")}\n\`\`\`output\none\n\`\`\`\n\ntext\n\n${cell("say two\ndraw 0123456789ab").trimEnd()}\n\n\`\`\`output\ntwo\n\`\`\`\n\n![plot](../_assets/generated/0123456789ab.png)\n`,
  );
  await place.run("docs/a.md");
  expect(await place.read("docs/a.md")).toBe(after);
});

test("a cell that fails leaves its traceback without colours, and takes those behind it in its session from the queue", async () => {
  const other = "```python other\nsay other\n```\n";
  place = await Workplace.create(
    { "a.md": `${cell("fail")}\n${cell("say after")}\n${other}` },
    new ScriptedKernel().run,
  );
  expect((await place.run("a.md")).at(-1)).toMatchObject({ cells: 3, completed: 1, failed: 1, cancelled: 1 });
  expect(await place.read("a.md")).toContain("```output\nTraceback\nValueError: no\n```");
  expect(place.daemon.ran.sort()).toEqual(["fail", "say other"]);
});

test("cells behind one that fails run if that was asked for", async () => {
  place = await Workplace.create({ "a.md": `${cell("fail")}\n${cell("say after")}` }, new ScriptedKernel().run);
  const lines = await place.run("a.md", null, { keepGoing: true });
  expect(lines.at(-1)).toMatchObject({ cells: 2, completed: 1, failed: 1, cancelled: 0 });
});

test.each([
  ["above", ["say 1", "say 2"]],
  ["below", ["say 3", "say 4"]],
  ["this", ["say 3"]],
])("the third of four cells and `%s` run %j", async (which, ran) => {
  const cells = [1, 2, 3, 4].map((n) => cell(`say ${n}`)).join("\n");
  place = await Workplace.create({ "a.md": cells }, new ScriptedKernel().run);
  await place.run("a.md", 3, { which });
  expect(place.daemon.ran).toEqual(ran);
});

test("stale cells are those that changed, and those below them; after a restart all are", async () => {
  const text = (second: string) => ["say 1", second, "say 3"].map((code) => cell(code)).join("\n");
  place = await Workplace.create({ "a.md": text("say 2") }, new ScriptedKernel().run);
  await place.run("a.md");
  const stale = async () => (await place.run("a.md", null, { which: "stale" })).at(-1);
  expect(await stale()).toMatchObject({ cells: 0 });
  const ann = await place.browse("a.md").synced();
  ann.text.insert(ann.text.toString().indexOf("say 2") + 5, "!");
  await ann.synced();
  expect(await stale()).toMatchObject({ cells: 2, completed: 2 });
  expect(place.daemon.ran.slice(3)).toEqual(["say 2!", "say 3"]);
  expect(await stale()).toMatchObject({ cells: 0 });
  expect((await place.ask("POST", "/restart", { path: "a.md" })).status).toBe(200);
  expect(place.daemon.reset).toEqual([expect.stringMatching(/:default$/)]);
  expect(await stale()).toMatchObject({ cells: 3 });
});

test("when a cell began in the runtime and how long it took stand in its run, for everybody", async () => {
  place = await Workplace.create({ "a.md": `${cell("say 1")}\n${cell("fail")}` }, new ScriptedKernel().run);
  const before = Date.now();
  await place.run("a.md");
  const reader = await place.browse("a.md", { role: "viewer" }).synced();
  const runs = [...reader.doc.getMap(RUNS).values()].map((run) => Run.parse(run)).sort((a, b) => a.order - b.order);
  expect(runs.map(({ status }) => status)).toEqual(["completed", "failed"]);
  for (const { startedAt, durationMs } of runs) {
    expect(startedAt).toBeGreaterThanOrEqual(before);
    expect(startedAt).toBeLessThanOrEqual(Date.now());
    expect(durationMs).toBeGreaterThanOrEqual(0);
  }
});

test("a browser is told which sessions the project's cells run in", async () => {
  const config = "```yaml config\nsession:\n  python: { name: main }\nassets: { generated: _assets/made }\n```\n";
  place = await Workplace.create({ "mrmd.md": config, "a.md": cell("say 1") }, new ScriptedKernel().run);
  const { text } = await place.ask("GET", "/cells", undefined, "viewer");
  expect(JSON.parse(text)).toMatchObject({ generated: "made", sessions: { python: "main", r: "default" } });
});

test("a session that is named in the request runs the cells in place of their own", async () => {
  place = await Workplace.create({ "a.md": cell("say 1") }, new ScriptedKernel().run);
  await place.run("a.md", null, { session: "scratch" });
  const [ran] = [...place.daemon.executions.values()];
  expect(ran?.request.session).toMatch(/:scratch$/);
});

test("a waiting cell is taken from the queue, and the rest go on", async () => {
  const printing = new ScriptedKernel();
  place = await Workplace.create(
    { "a.md": ["wait", "say 2", "say 3"].map((code) => cell(code)).join("\n") },
    printing.run,
  );
  const first = place.run("a.md", 1);
  await place.eventually("it prints", () => printing.steps >= 1);
  const [second, third] = [place.run("a.md", 2), place.run("a.md", 3)];
  const ann = await place.browse("a.md").synced();
  await ann.until(() => ann.doc.getMap("runs").size === 3);
  expect((await place.ask("POST", "/cancel", { path: "a.md", cell: 2 })).status).toBe(200);
  printing.end();
  expect((await Promise.all([first, second, third])).map((lines) => lines.at(-1))).toMatchObject([
    { completed: 1 },
    { cancelled: 1 },
    { completed: 1 },
  ]);
  expect(place.daemon.ran).toEqual(["wait", "say 3"]);
  expect(place.daemon.interrupted).toEqual([]);
});

test("JavaScript is the page's own, unless the cell says that it is the runtime's", async () => {
  const cells = "```js\nsay page\n```\n\n```js server\nsay server\n```\n\n```node\nsay node\n```\n";
  place = await Workplace.create({ "a.md": cells }, new ScriptedKernel().run);
  await place.run("a.md");
  expect(place.daemon.ran.sort()).toEqual(["say node", "say server"]);
  expect(JSON.parse((await place.ask("POST", "/run", { path: "a.md", cell: 1 })).text).error.message).toContain(
    "js server",
  );
});

test("a document without cells is done at once", async () => {
  place = await Workplace.create({ "a.md": "text\n" });
  expect(await place.run("a.md")).toEqual([
    { type: "summary", path: "a.md", cells: 0, completed: 0, failed: 0, cancelled: 0 },
  ]);
});

test.each([
  [{ path: "a.md", cell: 7 }, 404],
  [{ path: "none.md" }, 404],
  [{ path: "../a.md" }, 400],
  [{ path: "open.md" }, 400],
  [{ path: "query.md", cell: 1 }, 400],
  [{ nonsense: true }, 400],
  [{ path: "a.md", which: "above" }, 400],
  [{ path: "a.md", cell: 1, which: "all" }, 400],
  [{ path: "a.md", session: "no such name!" }, 400],
])("asking for %j is refused with one line", async (body, status) => {
  place = await Workplace.create({ "a.md": cell("x"), "open.md": "```python\n1\n", "query.md": "```sql\n1\n```\n" });
  const answer = await place.ask("POST", "/run", body);
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.text).error.message).toMatch(/^[^\n]+$/);
});

test("kill -9 of the editor server while a cell prints: every line stands there once, and the cell ran once", async () => {
  const printing = new ScriptedKernel();
  place = await Workplace.create({ "a.md": `${cell("wait")}\n${cell("say queued")}` }, printing.run);
  const ann = await place.browse("a.md").synced();
  void place.run("a.md").catch(() => "its connection is lost with the server");
  for (const killed of [3, 6]) {
    await place.eventually("it prints", () => {
      printing.step();
      return printing.steps >= killed;
    });
    await ann.until(() => killed > 3 || ann.text.toString().includes("line 1"));
    await place.killServer();
    printing.step();
    await place.startServer();
  }
  const back = await place.browse("a.md", { doc: ann.doc, lineage: ann.greeting?.lineage ?? "" }).synced();
  printing.end();
  await back.until(
    () => back.text.toString().includes("queued\n```\n") && back.text.toString().split("output").length === 3,
  );
  const expected = Array.from({ length: printing.steps }, (_, i) => `line ${i + 1}\n`).join("");
  const whole = `${cell("wait")}\n\`\`\`output\n${expected}\`\`\`\n\n${cell("say queued").trimEnd()}\n\n\`\`\`output\nqueued\n\`\`\`\n`;
  await place.eventually("the file is whole", async () => (await place.read("a.md")) === whole);
  expect(back.text.toString()).toBe(whole);
  expect(place.daemon.ran).toEqual(["wait", "say queued"]);
});

test("a daemon that is restarted while a cell prints loses no line", async () => {
  const printing = new ScriptedKernel();
  place = await Workplace.create({ "a.md": cell("wait") }, printing.run);
  const asked = place.run("a.md");
  await place.eventually("it prints", () => printing.steps >= 1);
  await place.daemon.stop();
  await place.eventually("it goes on", () => {
    printing.step();
    return printing.steps >= 5;
  });
  await place.daemon.start();
  printing.end();
  expect((await asked).at(-1)).toMatchObject({ completed: 1 });
  expect(await place.read("a.md")).toContain("line 1\nline 2\nline 3\nline 4\nline 5\n");
});

test("a connection that is lost at any byte costs no event and doubles none", async () => {
  const lines = Array.from({ length: 20 }, (_, i) => `say Zeile ${i} – größer`);
  place = await Workplace.create({ "a.md": cell(lines.join("\n")) }, new ScriptedKernel().run);
  place.daemon.streamBreaks = { bytes: 0, step: 173 };
  expect((await place.run("a.md")).at(-1)).toMatchObject({ completed: 1 });
  expect(await place.read("a.md")).toContain(
    `\`\`\`output\n${lines.map((line) => `${line.slice(4)}\n`).join("")}\`\`\``,
  );
  expect(place.daemon.ran).toHaveLength(1);
});

test("a cell asked for while the daemon is away runs when it is back, also after kill -9", async () => {
  place = await Workplace.create({ "a.md": cell("say late") }, new ScriptedKernel().run);
  await place.daemon.stop();
  void place.run("a.md").catch(() => "its connection is lost with the server");
  const ann = await place.browse("a.md").synced();
  await ann.until(() => ann.doc.getMap("runs").size === 1);
  await place.killServer();
  await place.startServer();
  await place.daemon.start();
  await place.eventually("it ran", async () => (await place.read("a.md")).includes("```output\nlate\n```"));
  expect(place.daemon.ran).toEqual(["say late"]);
});

test("the output follows its cell when the text around it changes, and a twin does not get it", async () => {
  const printing = new ScriptedKernel();
  place = await Workplace.create({ "a.md": cell("wait") }, printing.run);
  const ann = await place.browse("a.md").synced();
  const asked = place.run("a.md");
  await place.eventually("it prints", () => printing.steps >= 1);
  ann.text.insert(0, `${cell("wait")}\nabove\n\n`);
  await ann.synced();
  printing.end();
  await asked;
  expect(await place.read("a.md")).toBe(
    `${cell("wait")}\nabove\n\n${cell("wait").trimEnd()}\n\n\`\`\`output\nline 1\n\`\`\`\n`,
  );
});

test("the output of a cell that was deleted while it ran goes into nobody's text", async () => {
  const printing = new ScriptedKernel();
  place = await Workplace.create({ "a.md": `before\n\n${cell("wait")}\nafter\n\n${cell("say mine")}` }, printing.run);
  const ann = await place.browse("a.md").synced();
  const asked = place.run("a.md", 1);
  await place.eventually("it prints", () => printing.steps >= 1);
  const text = ann.text.toString();
  ann.text.delete(text.indexOf("```"), text.indexOf("after") - text.indexOf("```"));
  await ann.synced();
  printing.end();
  await asked;
  expect(await place.read("a.md")).toBe(`before\n\nafter\n\n${cell("say mine")}`);
});

test("an interrupt reaches the session and empties the queue", async () => {
  const printing = new ScriptedKernel();
  place = await Workplace.create({ "a.md": `${cell("wait")}\n${cell("say never")}` }, printing.run);
  const asked = place.run("a.md");
  await place.eventually("it prints", () => printing.steps >= 1);
  expect((await place.ask("POST", "/interrupt", { path: "a.md" })).status).toBe(200);
  printing.end();
  expect((await asked).at(-1)).toMatchObject({ cells: 2, cancelled: 1 });
  expect(place.daemon.interrupted).toHaveLength(1);
  expect(place.daemon.ran).toEqual(["wait"]);
});
