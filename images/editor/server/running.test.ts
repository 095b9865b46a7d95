import { afterEach, expect, test } from "vitest";
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

test("a cell that fails leaves its traceback without colours, and the ones after it run", async () => {
  place = await Workplace.create({ "a.md": `${cell("fail")}\n${cell("say after")}` }, new ScriptedKernel().run);
  const lines = await place.run("a.md");
  expect(lines.at(-1)).toMatchObject({ cells: 2, completed: 1, failed: 1 });
  expect(await place.read("a.md")).toContain("```output\nTraceback\nValueError: no\n```");
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
