/** The Python kernel as the image runs it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeImage, Runtime } from "./image-under-test.ts";

const SESSION = "p:default";

describeImage("the Python kernel", () => {
  let runtime: Runtime;
  beforeAll(() => {
    runtime = new Runtime(SESSION);
  });
  afterAll(() => runtime.close());

  test("prints, displays and clears stay in the order of the cell", async () => {
    const loop = "for i in range(50):\n  clear_output(); print(i); display(i)";
    const { names } = await runtime.run(`from IPython.display import clear_output\n${loop}`);
    expect(names.slice(1, -1)).toEqual(Array.from({ length: 50 }, () => ["clear", "stdout", "display"]).flat());
  });

  test("figures are files, where they were shown and at the end", async () => {
    const { names, events } = await runtime.run(
      "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show(); print('between'); plt.plot([2, 1]);",
      "/project/_assets",
    );
    expect(names).toEqual(["start", "asset", "stdout", "asset", "done"]);
    expect(events[1]?.data).toMatchObject({
      mime: "image/png",
      path: expect.stringMatching(/^\/project\/_assets\/\w{12}\.png$/),
    });
  });

  test("a table comes as text and as HTML", async () => {
    const { events } = await runtime.run("import pandas as pd; pd.DataFrame({'a': [1]})");
    expect(events.find(({ event }) => event === "result")?.data).toMatchObject({
      data: { "text/plain": "   a\n0  1", "text/html": expect.stringContaining("<table") },
    });
  });

  test("an error points at the line of the cell that ran, not at one of an earlier cell", async () => {
    await runtime.run("def f():\n\n\n  1 / 0");
    const { events } = await runtime.run("\nf()");
    expect(events.find(({ event }) => event === "error")?.data).toMatchObject({ type: "ZeroDivisionError", line: 2 });
  });

  test.each([
    ["a call", "import time; time.sleep(100)"],
    ["a loop", "while True: pass"],
    ["an await", "import asyncio; await asyncio.sleep(100)"],
    ["a command", "!sleep 100\nprint('never')"],
    ["a flood of displays", "while True: display(1)"],
  ])("an interrupt ends %s", async (_name, code) => {
    const exec = runtime.start(code);
    await runtime.hears(exec, "start");
    runtime.supervisor.send({ op: "interrupt", session: SESSION });
    const { status, stdout } = await runtime.supervisor.done(exec);
    expect({ status, stdout }).toEqual({ status: "failed", stdout: "" });
    expect(runtime.supervisor.events(exec).at(-2)?.data).toMatchObject({ type: "KeyboardInterrupt" });
  });

  test("a cell asks, and goes on with the answer", async () => {
    const exec = runtime.start("print('got', input('name? '))");
    expect((await runtime.hears(exec, "stdin_request"))?.data).toEqual({ prompt: "name? ", password: false });
    runtime.supervisor.send({ op: "input", exec, text: "Zoë" });
    expect((await runtime.supervisor.done(exec)).stdout).toBe("got Zoë\n");
  });

  test("what is too long for a reader is cut", async () => {
    const { events } = await runtime.run("'x' * 10**7");
    expect(JSON.stringify(events).length).toBeLessThan(300_000);
  });

  test("a crash is reported with how it came, and the next cell has a fresh session", async () => {
    expect((await runtime.run("import ctypes; ctypes.string_at(0)")).events.at(-2)?.data).toMatchObject({
      type: "KernelDied",
      message: expect.stringContaining("signal 11"),
    });
    expect((await runtime.run("1 + 1")).status).toBe("completed");
  });
});

describeImage("the Python kernel's questions", () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = new Runtime(SESSION);
    await runtime.run(`
import numpy as np, pandas as pd
answer = 42
nested = {"a": [1, {"b": "deep"}], "c": {1, 2}}
frame = pd.DataFrame({"x": range(1000), "y": ["é"] * 1000})
grid = np.arange(6.0).reshape(2, 3)
big = np.zeros((1000, 1000))
class Point:
    "A place."
    def __init__(self): self.x, self.y = 1, 2
    @property
    def slow(self): raise RuntimeError("computed")
    def move(self, by=1):
        "Moves it."
        return by
p = Point()
class Rude:
    def __repr__(self): global answer; answer = 0; return "rude"
rude = Rude()
`);
  });
  afterAll(() => runtime.close());
  const variable = (name: string, path: string[] = [], offset = 0, limit = 100) =>
    runtime.ask("variable", { name, path, offset, limit });

  test("variables have types, sizes, shapes and previews, and none of the user's own code runs for them", async () => {
    const { variables, count } = await runtime.ask("variables", {});
    const rows = Object.fromEntries((variables as { name: string }[]).map((row) => [row.name, row]));
    expect(count).toBe(Object.keys(rows).length);
    expect(rows).toMatchObject({
      answer: { type: "int", value: "42", expandable: false },
      frame: { type: "DataFrame", shape: [1000, 2], keys: ["x", "y"], expandable: true, length: 1000 },
      big: { shape: [1000, 1000], dtype: "float64", size: 8_000_000 },
      p: { type: "Point", expandable: true },
      rude: { type: "Rude" },
    });
  });
  test("a data frame is read by pages, and its columns are the way inwards", async () => {
    const page = await variable("frame", [], 990, 20);
    expect(page).toMatchObject({
      table: { columns: [{ name: "x", dtype: "int64" }, { name: "y" }], index: expect.arrayContaining(["990", "999"]) },
      count: 1000,
      truncated: false,
    });
    expect((page.table as { rows: string[][] }).rows).toHaveLength(10);
    expect((page.table as { rows: string[][] }).rows[9]).toEqual(["999", "é"]);
    expect(await variable("frame", ["x"], 998, 5)).toMatchObject({
      type: "Series",
      count: 1000,
      children: [{ name: "998", value: expect.stringContaining("998") }, { name: "999" }],
    });
  });
  test("arrays, nested values and objects too", async () => {
    expect(await variable("grid")).toMatchObject({
      table: {
        rows: [
          ["0.0", "1.0", "2.0"],
          ["3.0", "4.0", "5.0"],
        ],
      },
      count: 2,
    });
    expect(await variable("nested", ["a", "1", "b"])).toMatchObject({ type: "str", fullValue: "deep" });
    expect(await variable("nested", [], 1, 1)).toMatchObject({ children: [{ name: "c" }], count: 2, truncated: false });
    expect(await variable("p")).toMatchObject({
      children: [
        { name: "x", value: "1" },
        { name: "y", value: "2" },
      ],
      methods: ["move"],
      attributes: ["slow"],
    });
    await expect(variable("nested", ["nothing"])).rejects.toThrow("no 'nothing' in it");
    await expect(variable("nothing")).rejects.toThrow("no variable nothing");
  });
  test("a table is read from any column on, and sorted by one, with missing values last", async () => {
    await runtime.run(
      "wide = pd.DataFrame(np.arange(600).reshape(2, 300))\n" +
        "waves = pd.DataFrame({'n': [2, None, 1, 2], 't': ['b', 'é', None, 'a'], 'o': [Rude()] * 4})\n" +
        "matrix = np.array([[2.0, 1], [1, 2], [np.nan, 3]])",
    );
    const table = async (name: string, more: object) => {
      const answer = await runtime.ask("variable", { name, path: [], offset: 0, limit: 10, ...more });
      return answer.table as { columns: { name: string }[]; index: string[]; rows: string[][]; firstColumn: number };
    };
    const end = await table("wide", { column: 250 });
    expect(end).toMatchObject({ firstColumn: 250, sort: null });
    expect(end.columns.map(({ name }) => name).join()).toBe(Array.from({ length: 50 }, (_, i) => 250 + i).join());
    expect(end.rows[1]?.[0]).toBe("550");
    const order = async (name: string, column: number, descending: boolean) =>
      (await table(name, { sort: { column, descending } })).index.join("");
    expect(await order("waves", 0, false)).toBe("2031");
    expect(await order("waves", 0, true)).toBe("0321");
    expect(await order("waves", 1, false)).toBe("3012");
    expect(await order("matrix", 0, false)).toBe("102");
    expect(await order("matrix", 0, true)).toBe("012");
    expect((await table("waves", { offset: 1, limit: 1, sort: { column: 0, descending: false } })).index).toEqual([
      "0",
    ]);
    // What compares them would be the user's own code.
    await expect(order("waves", 2, false)).rejects.toThrow("no order of their own");
    await expect(order("wide", 300, false)).rejects.toThrow();
  });
  test("of a million elements or rows, a page is read within moments, wherever it begins", async () => {
    const many = "pd.DataFrame({'n': np.arange(10**6), 't': ['word'] * 10**6})";
    await runtime.run(`long, vector, tall = list(range(10**6)), np.arange(10**6), ${many}`);
    const begun = performance.now();
    for (const [name, path] of [["long"], ["vector"], ["tall", "n"]] as const) {
      expect(await variable(name, path ? [path] : [], 10, 5)).toMatchObject({
        children: [{ name: "10", value: expect.stringContaining("10") }, {}, {}, {}, {}],
        count: 1_000_000,
        truncated: true,
      });
    }
    expect(await variable("tall", [], 999_900)).toMatchObject({ table: { index: expect.arrayContaining(["999999"]) } });
    // A walk through all of them takes half a minute.
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
  test("completion has kinds, types and previews, and counts as the protocol does", async () => {
    const code = '"🎈"; ans';
    expect(await runtime.ask("complete", { code, cursor: code.length })).toMatchObject({
      matches: [{ label: "answer", kind: "variable", type: "int", valuePreview: "42" }],
      cursorStart: 6,
      cursorEnd: 9,
    });
    const { matches } = await runtime.ask("complete", { code: "p.", cursor: 2 });
    expect(matches).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ label: "move", kind: "function" }),
        expect.objectContaining({ label: "x", valuePreview: "1" }),
      ]),
    );
    expect((await runtime.ask("complete", { code: "np.lins", cursor: 7 })).matches).toMatchObject([
      { label: "linspace" },
    ]);
    expect((await runtime.ask("complete", { code: "nested['", cursor: 8 })).matches).toHaveLength(2);
    expect((await runtime.ask("complete", { code: "%matplot", cursor: 8 })).matches).toMatchObject([
      { label: "%matplotlib" },
    ]);
  });
  test("inspection has the signature, then the documentation, then the source", async () => {
    const inspect = (detail: number) => runtime.ask("inspect", { code: "p.move(", cursor: 7, detail });
    expect(await inspect(0)).toMatchObject({ found: true, name: "p.move", signature: "p.move(by=1)", docstring: null });
    expect(await inspect(1)).toMatchObject({ docstring: "Moves it.", sourceCode: null });
    expect(await inspect(2)).toMatchObject({ sourceCode: expect.stringContaining("return by") });
    expect(await runtime.ask("inspect", { code: "nothing", cursor: 3, detail: 0 })).toMatchObject({ found: false });
  });
  test("hover tells the part that the cursor touches", async () => {
    expect(await runtime.ask("hover", { code: "x = p.x + 1", cursor: 7 })).toMatchObject({ name: "p.x", value: "1" });
    expect(await runtime.ask("hover", { code: "np.linspace(0)", cursor: 5 })).toMatchObject({
      signature: expect.stringContaining("start"),
    });
  });
  test("unfinished code is told from wrong code, and code is formatted", async () => {
    expect(await runtime.ask("is_complete", { code: "for i in x:" })).toEqual({ status: "incomplete", indent: "    " });
    expect(await runtime.ask("is_complete", { code: "1 +* 2" })).toMatchObject({ status: "invalid" });
    expect(await runtime.ask("format", { code: "a=[1,\n2]" })).toEqual({ formatted: "a = [1, 2]", changed: true });
    await expect(runtime.ask("format", { code: "a = (" })).rejects.toThrow(/syntax|parse/i);
  });
  test("a question that hangs is given up, and the session goes on", async () => {
    await runtime.run("class Slow:\n  @property\n  def shape(self):\n    while True: pass\nslow = Slow()");
    await expect(variable("slow")).rejects.toThrow();
    await runtime.run("del slow");
    expect((await runtime.run("print(answer)")).stdout).toBe("42\n");
  });
});

describeImage("the Python kernel is given what it does not expect", () => {
  let runtime: Runtime;
  beforeAll(() => {
    runtime = new Runtime(SESSION, { memory: "600m", pids: 200, disk: "20m" });
  });
  afterAll(() => runtime.close());

  /** The next cell works, and its output is its own. */
  const goesOn = async () => expect((await runtime.run("print('next')")).stdout).toBe("next\n");
  const errorOf = (events: { event: string; data: Record<string, unknown> }[]) =>
    events.find(({ event }) => event === "error")?.data;

  test.each([
    ["sys.stdout.close()", "import sys; sys.stdout.close()"],
    ["os.close(1)", "import os; os.close(1); os.close(2)"],
    ["closing every descriptor that it can", "import os; os.closerange(3, 200)"],
    ["a file in the place of stdout", "import os; os.dup2(os.open('/dev/null', os.O_WRONLY), 1)"],
  ])("closes its own stdout: %s", async (_name, code) => {
    expect((await runtime.run(code)).status).toBe("completed");
    await goesOn();
  });
  test("writes garbage to fd 1, and to the supervisor's", async () => {
    const { stdout } = await runtime.run(`
import os
os.write(1, b'\\xff\\xfe{"seq":1}\\x00\\n')
try: os.write(os.open('/proc/1/fd/1', os.O_WRONLY), b'garbage\\n{"seq":99999,"type":"nothing"}\\n')
except OSError: pass`);
    expect(stdout).toBe('��{"seq":1}\x00\n');
    await goesOn();
  });
  test("prints invalid UTF-8 and lone surrogates", async () => {
    const { stdout, status } = await runtime.run(
      "import sys; print('\\ud800x'); sys.stdout.buffer.write(b'\\xc3('); 'z\\udfff'",
    );
    expect({ stdout, status }).toEqual({ stdout: "\\ud800x\n�(", status: "completed" });
    await goesOn();
  });
  test("calls os._exit", async () => {
    const { events, status } = await runtime.run("import os; print('last'); os._exit(3)");
    expect(status).toBe("failed");
    expect(errorOf(events)).toMatchObject({ type: "KernelDied", message: expect.stringContaining("exit status 3") });
    await goesOn();
  });
  test("allocates past the limit", async () => {
    const { events } = await runtime.run("b = [bytearray(10**8) for _ in range(100)]");
    expect(errorOf(events)).toMatchObject({
      type: "KernelDied",
      message: expect.stringContaining("ran out of memory"),
    });
    await goesOn();
  });
  test("forks 10,000 processes", async () => {
    const { events, status } = await runtime.run(`
import os, time
for _ in range(10_000):
    if os.fork() == 0: time.sleep(60); os._exit(0)`);
    expect(status).toBe("failed");
    expect(errorOf(events)).toMatchObject({ type: "BlockingIOError" });
    await goesOn();
    // No process is left for another session until this one is restarted, which ends all that it has started.
    const other = "p:bash:default";
    expect(errorOf((await runtime.run("echo hi", null, other)).events)).toMatchObject({ type: "KernelNotStarted" });
    runtime.supervisor.send({ op: "reset", session: SESSION });
    expect((await runtime.run("echo hi", null, other)).stdout).toBe("hi\n");
    await goesOn();
  });
  test("ignores SIGINT: it is said, and a reset ends it", async () => {
    const exec = runtime.start(
      "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); print('deaf'); time.sleep(60)",
    );
    await runtime.hears(exec, "stdout");
    runtime.supervisor.send({ op: "interrupt", session: SESSION });
    expect((await runtime.hears(exec, "stderr"))?.data.content).toMatch(/in spite of the interrupt/);
    runtime.supervisor.send({ op: "reset", session: SESSION });
    expect((await runtime.supervisor.done(exec)).status).toBe("failed");
    await goesOn();
  });
  test("installs a signal handler: the next cell can be interrupted all the same", async () => {
    await runtime.run("import signal; signal.signal(signal.SIGINT, lambda *_: print('mine'))");
    const exec = runtime.start("while True: pass");
    await runtime.hears(exec, "start");
    runtime.supervisor.send({ op: "interrupt", session: SESSION });
    expect((await runtime.supervisor.done(exec)).status).toBe("failed");
    await goesOn();
  });
  test("returns a 200 MB repr", async () => {
    const { events, status } = await runtime.run("class Big:\n  def __repr__(self): return 'x' * 200_000_000\nBig()");
    expect(status).toBe("completed");
    expect(JSON.stringify(events).length).toBeLessThan(300_000);
    expect(JSON.stringify(events)).toContain("characters left out");
    await goesOn();
  });
  test("starts threads that print after the cell ended", async () => {
    const { exec } = await runtime.run(`
import threading, time
def late():
    time.sleep(0.3); print('late')
threading.Thread(target=late).start()`);
    const heard = await runtime.supervisor.until(() =>
      runtime.supervisor.events(exec).find(({ data }) => data.content === "late\n"),
    );
    expect(heard.event).toBe("stdout");
    await goesOn();
  });
  test("prints 1 GB, of which the author reads the beginning and the end", async () => {
    const { stdout, status } = await runtime.run(
      "import os\nfor i in range(1000): os.write(1, b'0123456789' * 100_000)\nprint('end')",
    );
    expect(status).toBe("completed");
    expect(stdout.length).toBeLessThan(5_000_000);
    expect(stdout.endsWith("end\n")).toBe(true);
    expect(stdout).toMatch(/… [\d,]+ characters left out …/);
    await goesOn();
  });
  test("fills the disk: the write fails, and so does the file of what it prints", async () => {
    const { events, stdout } = await runtime.run(
      "import os\nfor _ in range(8): os.write(1, b'0123456789' * 100_000)\nopen('/project/big', 'wb').write(bytes(10**8))",
      "/project/_assets",
    );
    expect(errorOf(events)).toMatchObject({ type: "OSError", message: expect.stringContaining("No space left") });
    expect(stdout).toMatch(/characters left out/);
    const more = await runtime.run("import os\nfor _ in range(8): os.write(1, b'9' * 1_000_000)", "/project/_assets");
    expect(more).toMatchObject({
      status: "completed",
      stdout: expect.stringMatching(/left out \(.*No space left on device\)/),
    });
    await runtime.run("import os; os.remove('/project/big')");
    await goesOn();
  });
  test("sleeps for hours: an interrupt wakes it", async () => {
    const exec = runtime.start("import time; time.sleep(100_000)");
    await runtime.hears(exec, "start");
    runtime.supervisor.send({ op: "interrupt", session: SESSION });
    expect((await runtime.supervisor.done(exec)).status).toBe("failed");
    await goesOn();
  });
  test("raises what can't be shown, exits, and deletes what it stands on", async () => {
    const rude = "class E(Exception):\n  def __str__(self): raise ValueError('no')\nraise E()";
    expect((await runtime.run(rude)).status).toBe("failed");
    expect((await runtime.run("import sys; sys.exit(3)")).status).toBe("failed");
    expect((await runtime.run("raise BaseException('base')")).status).toBe("failed");
    expect((await runtime.run("def f(): f()\nf()")).status).toBe("failed");
    expect((await runtime.run("import builtins, sys; del builtins.print; sys.stdout = None")).status).toBe("completed");
    expect((await runtime.run("import builtins, sys; sys.__stdout__.write('still\\n')")).stdout).toBe("still\n");
    await runtime.run("exit()");
    runtime.supervisor.send({ op: "reset", session: SESSION });
    await goesOn();
  });
});
