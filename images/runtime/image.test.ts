/**
 * The Python kernel as the image runs it. MARKCO_RUNTIME_IMAGE names the image; MARKCO_PODMAN is the command that has it,
 * with its options ("podman" if unset).
 */

import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Supervisor } from "./supervisor-under-test.ts";

const image = process.env.MARKCO_RUNTIME_IMAGE;
const [podman = "podman", ...options] = (process.env.MARKCO_PODMAN ?? "podman").split(" ");
const name = `runtime-test-${randomUUID()}`;
const SESSION = "p:default";

describe.skipIf(!image)(`the runtime image${image ? "" : " (skipped: MARKCO_RUNTIME_IMAGE names none)"}`, () => {
  let supervisor: Supervisor;
  let count = 0;
  beforeAll(() => {
    const limits = ["--cap-drop", "all", "--security-opt", "no-new-privileges", "--network", "none"];
    const ulimits = ["--ulimit", "nofile=1024:20000", "--ulimit", "nproc=4096:4096"];
    const run = [...options, "run", "--rm", "-i", "--name", name, ...limits, ...ulimits, image ?? ""];
    supervisor = new Supervisor("/project", [podman, ...run]);
  });
  afterAll(() => {
    execFileSync(podman, [...options, "rm", "-f", "-t", "1", name]);
  });

  function start(code: string, assetDir: string | null = null): string {
    const exec = `exec-${String(++count).padStart(4, "0")}`;
    supervisor.execute(exec, code, SESSION, assetDir);
    return exec;
  }
  async function run(code: string, assetDir: string | null = null) {
    const exec = start(code, assetDir);
    const done = await supervisor.done(exec);
    return { ...done, events: supervisor.events(exec) };
  }
  const hears = (exec: string, event: string) =>
    supervisor.until(() => supervisor.events(exec).find((heard) => heard.event === event));

  test("prints, displays and clears stay in the order of the cell", async () => {
    const loop = "for i in range(50):\n  clear_output(); print(i); display(i)";
    const { names } = await run(`from IPython.display import clear_output\n${loop}`);
    expect(names.slice(1, -1)).toEqual(Array.from({ length: 50 }, () => ["clear", "stdout", "display"]).flat());
  });

  test("figures are files, where they were shown and at the end", async () => {
    const { names, events } = await run(
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
    const { events } = await run("import pandas as pd; pd.DataFrame({'a': [1]})");
    expect(events.find(({ event }) => event === "result")?.data).toMatchObject({
      data: { "text/plain": "   a\n0  1", "text/html": expect.stringContaining("<table") },
    });
  });

  test("an error points at the line of the cell that ran, not at one of an earlier cell", async () => {
    await run("def f():\n\n\n  1 / 0");
    const { events } = await run("\nf()");
    expect(events.find(({ event }) => event === "error")?.data).toMatchObject({ type: "ZeroDivisionError", line: 2 });
  });

  test.each([
    ["a call", "import time; time.sleep(100)"],
    ["a loop", "while True: pass"],
    ["an await", "import asyncio; await asyncio.sleep(100)"],
    ["a command", "!sleep 100\nprint('never')"],
    ["a flood of displays", "while True: display(1)"],
  ])("an interrupt ends %s", async (_name, code) => {
    const exec = start(code);
    await hears(exec, "start");
    supervisor.send({ op: "interrupt", session: SESSION });
    const { status, stdout } = await supervisor.done(exec);
    expect({ status, stdout }).toEqual({ status: "failed", stdout: "" });
    expect(supervisor.events(exec).at(-2)?.data).toMatchObject({ type: "KeyboardInterrupt" });
  });

  test("a cell asks, and goes on with the answer", async () => {
    const exec = start("print('got', input('name? '))");
    expect((await hears(exec, "stdin_request"))?.data).toEqual({ prompt: "name? ", password: false });
    supervisor.send({ op: "input", exec, text: "Zoë" });
    expect((await supervisor.done(exec)).stdout).toBe("got Zoë\n");
  });

  test("what is too long for a reader is cut", async () => {
    const { events } = await run("'x' * 10**7");
    expect(JSON.stringify(events).length).toBeLessThan(300_000);
  });

  test("a crash is reported with how it came, and the next cell has a fresh session", async () => {
    expect((await run("import ctypes; ctypes.string_at(0)")).events.at(-2)?.data).toMatchObject({
      type: "KernelDied",
      message: expect.stringContaining("signal 11"),
    });
    expect((await run("1 + 1")).status).toBe("completed");
  });
});
