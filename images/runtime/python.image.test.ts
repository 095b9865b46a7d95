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
