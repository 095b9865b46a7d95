/** How comparable systems ran cells wrongly: one test a line of the lessons, as far as the editor server is concerned. */
import { afterEach, expect, test } from "vitest";
import { Run } from "../../../shared/editor/run-state.ts";
import { ScriptedKernel } from "./testing/scripted-kernel.ts";
import { Workplace } from "./testing/workplace.ts";

let place: Workplace;
afterEach(() => place.dispose());

const cell = (code: string) => `\`\`\`python\n${code}\n\`\`\`\n`;

test("the browser ran the cells: a closed tab lost the stream", async () => {
  const printing = new ScriptedKernel();
  place = await Workplace.create({ "a.md": cell("wait") }, printing.run);
  const ann = await place.browse("a.md").synced();
  const asked = place.run("a.md");
  await place.eventually("it prints", () => printing.steps >= 1);
  ann.close();
  await place.eventually("it goes on", () => {
    printing.step();
    return printing.steps >= 20;
  });
  printing.end();
  await asked;
  const lines = Array.from({ length: printing.steps }, (_, i) => `line ${i + 1}\n`).join("");
  expect(await place.read("a.md")).toContain(`\`\`\`output\n${lines}\`\`\``);
});

test("a network error made the client run the cell again: side effects twice", async () => {
  place = await Workplace.create({ "a.md": cell("say once") }, new ScriptedKernel().run);
  place.daemon.breaksNext = true;
  expect((await place.run("a.md")).at(-1)).toMatchObject({ completed: 1 });
  expect(place.daemon.ran).toEqual(["say once"]);
  expect(await place.read("a.md")).toContain("```output\nonce\n```");
});

test("two executors claimed one cell", async () => {
  const printing = new ScriptedKernel();
  place = await Workplace.create({ "a.md": cell("wait") }, printing.run);
  const [one, other] = [place.run("a.md"), place.run("a.md")];
  await place.eventually("it prints", () => printing.steps >= 1);
  // The second waits for the first; it does not run beside it, nor write into its output.
  expect(place.daemon.ran).toEqual(["wait"]);
  printing.end();
  await Promise.all([one, other]);
  expect(place.daemon.ran).toEqual(["wait", "wait"]);
  expect((await place.read("a.md")).match(/```output/g) ?? []).toHaveLength(0);
});

test("a restart left “running” for ever", async () => {
  const printing = new ScriptedKernel();
  place = await Workplace.create({ "a.md": cell("wait") }, printing.run);
  void place.run("a.md").catch(() => "its connection is lost with the server");
  await place.eventually("it prints", () => printing.steps >= 1);
  const ann = await place.browse("a.md").synced();
  await ann.until(() => ann.text.toString().includes("line 1"));
  await place.killServer();
  // The runtime has gone, too, and nobody remembers the execution.
  place.daemon.executions.clear();
  await place.startServer();
  const back = await place.browse("a.md").synced();
  const statuses = () => [...back.doc.getMap("runs").values()].map((run) => Run.parse(run).status);
  await back.until(() => statuses().join() === "failed");
  expect(back.text.toString()).toContain("the runtime was lost while the cell ran");
});

test("output that printed three backticks broke the document", async () => {
  const text = `${cell("say ```\nsay # not a heading\nsay ````").trimEnd()}\n\nafter\n`;
  place = await Workplace.create({ "a.md": text }, new ScriptedKernel().run);
  await place.run("a.md");
  const once = await place.read("a.md");
  expect(once).toContain("`````output\n```\n# not a heading\n````\n`````\n\nafter\n");
  await place.run("a.md");
  expect(await place.read("a.md")).toBe(once);
});

test("identical cells got each other's output", async () => {
  let count = 0;
  place = await Workplace.create({ "a.md": `${cell("count")}\n${cell("count")}\n${cell("count")}` }, (_code, emit) =>
    emit("stdout", { content: `${++count}\n` }),
  );
  await place.run("a.md");
  const outputs = () =>
    place.read("a.md").then((text) => [...text.matchAll(/```output\n(\d+)\n```/g)].map((m) => m[1]));
  expect(await outputs()).toEqual(["1", "2", "3"]);
  await place.run("a.md", 2);
  expect(await outputs()).toEqual(["1", "4", "3"]);
});

test("an echo filter dropped output lines that equalled source lines", async () => {
  place = await Workplace.create({ "a.md": cell("say say\nsay say say") }, new ScriptedKernel().run);
  await place.run("a.md");
  expect(await place.read("a.md")).toContain("```output\nsay\nsay say\n```");
});
