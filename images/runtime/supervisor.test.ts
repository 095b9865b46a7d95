/** The supervisor with the Bash kernel, on the machine's own python3: no image is needed for what the protocol promises. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Supervisor } from "./supervisor-under-test.ts";

let supervisor: Supervisor;
beforeEach(async () => {
  supervisor = new Supervisor(await mkdtemp(join(tmpdir(), "runtime-")));
});
afterEach(() => {
  supervisor.child.kill("SIGTERM");
});

test("lines are numbered from one, without gaps, and the first says ready", async () => {
  supervisor.execute("exec-0001", "seq 1000");
  await supervisor.done("exec-0001");
  expect(supervisor.lines[0]?.type).toBe("ready");
  expect(supervisor.lines.map(({ seq }) => seq)).toEqual(supervisor.lines.map((_, i) => i + 1));
});

test("a session keeps its variables, functions and folder; streams are told apart", async () => {
  supervisor.execute("exec-0001", "x=5; declare y=6; f() { echo f$1; }; mkdir sub; cd sub");
  supervisor.execute("exec-0002", "echo $x $y $(basename $PWD); f 1; echo bad >&2");
  expect(await supervisor.done("exec-0002")).toMatchObject({
    names: expect.arrayContaining(["start", "done"]),
    stdout: "5 6 sub\nf1\n",
    stderr: "bad\n",
    status: "completed",
  });
  expect(supervisor.events("exec-0002")[0]?.event).toBe("start");
});

test("output arrives while the cell runs", async () => {
  supervisor.execute("exec-0001", "echo first; read -t 30 line < <(sleep 30); echo never");
  await supervisor.until(() => supervisor.events("exec-0001").some(({ data }) => data.content === "first\n"));
  supervisor.send({ op: "interrupt", session: "p:bash:default" });
  expect((await supervisor.done("exec-0001")).stdout).toBe("first\n");
});

test("a hundred thousand lines all arrive, in order", async () => {
  supervisor.execute("exec-0001", "seq 100000");
  const expected = Array.from({ length: 100_000 }, (_, i) => `${i + 1}\n`).join("");
  expect((await supervisor.done("exec-0001")).stdout === expected).toBe(true);
});

describe("an interrupt ends", () => {
  test.each([
    ["a program that is waited for", "for i in 1 2 3; do sleep 60; done; echo never"],
    ["a loop in the shell itself", "while :; do :; done"],
    ["a function in a function", "f() { while :; do sleep 60; done; }; g() { f; echo never; }; g; echo never"],
  ])("%s, and the session goes on", async (_name, code) => {
    supervisor.execute("exec-0000", "kept=1");
    supervisor.execute("exec-0001", code);
    await supervisor.until(() => supervisor.events("exec-0001").some(({ event }) => event === "start"));
    expect(await supervisor.reply(supervisor.send({ op: "interrupt", session: "p:bash:default" }))).toMatchObject({
      result: { interrupted: true },
    });
    expect(await supervisor.done("exec-0001")).toMatchObject({ stdout: "", status: "failed" });
    supervisor.execute("exec-0002", "echo $kept");
    expect((await supervisor.done("exec-0002")).stdout).toBe("1\n");
  });
});

describe("a request", () => {
  test("that is sent twice is acknowledged twice and acted on once", async () => {
    const request = {
      op: "execute",
      exec: "exec-0001",
      session: "p:bash:default",
      language: "bash",
      code: "echo once >> f; cat f",
      silent: false,
      storeHistory: true,
      assetDir: null,
      cwd: supervisor.cwd,
    } as const;
    supervisor.send(request, "same");
    supervisor.send(request, "same");
    supervisor.send(request, "other id, same execution");
    supervisor.execute("exec-0002", "cat f");
    expect((await supervisor.done("exec-0002")).stdout).toBe("once\n");
    expect(supervisor.lines.filter((line) => line.type === "ack" && line.id === "same")).toHaveLength(2);
    expect(supervisor.events("exec-0001").filter(({ event }) => event === "done")).toHaveLength(1);
  });
  test.each([
    ["garbage\n", /not JSON/],
    ["[]\n", /object with an id/],
    ['{"id":"a","op":"fly"}\n', /no operation 'fly'/],
    ['{"id":"a","op":"execute","exec":3}\n', /exec is missing or of the wrong type/],
    [`${"[".repeat(100_000)}\n`, /not JSON/],
  ])("that is none is refused, and the next one counts (%#)", async (text, message) => {
    supervisor.write(text);
    const refused = await supervisor.until((lines) => lines.find((line) => line.type === "refused"));
    expect(refused).toMatchObject({ message: expect.stringMatching(message) });
    supervisor.execute("exec-0001", "echo ok");
    expect((await supervisor.done("exec-0001")).stdout).toBe("ok\n");
  });
});

describe("when a session's process ends in a cell", () => {
  test.each([
    ["exit 4", /ended with exit status 4/],
    ["echo last words >&2; kill -9 $$", /ended by signal 9[\s\S]*last words/],
  ])(
    "(%s) the author learns how, what waited is cancelled, and the next cell has a fresh one",
    async (code, message) => {
      supervisor.execute("exec-0001", `x=1; sleep 0.2; ${code}`);
      supervisor.execute("exec-0002", "echo queued");
      expect((await supervisor.done("exec-0001")).status).toBe("failed");
      expect(supervisor.events("exec-0001").find(({ event }) => event === "error")?.data).toMatchObject({
        type: "KernelDied",
        message: expect.stringMatching(message),
      });
      expect((await supervisor.done("exec-0002")).status).toBe("cancelled");
      supervisor.execute("exec-0003", "echo [$x]");
      expect((await supervisor.done("exec-0003")).stdout).toBe("[]\n");
    },
  );
});

test("sessions do not see each other and do not wait for each other", async () => {
  supervisor.execute("exec-0001", "x=1; sleep 60", "p:bash:slow");
  supervisor.execute("exec-0002", "echo [$x]", "p:bash:fast");
  expect((await supervisor.done("exec-0002")).stdout).toBe("[]\n");
});

test("bytes that are no text and characters cut by a buffer do no harm", async () => {
  supervisor.execute("exec-0001", "printf '\\xff\\xfe|'; printf '\\xc3'; sleep 0.1; printf '\\xa9'");
  expect((await supervisor.done("exec-0001")).stdout).toBe("\ufffd\ufffd|é");
});

test("a cell that is cancelled in the queue never runs", async () => {
  supervisor.execute("exec-0001", "sleep 60");
  supervisor.execute("exec-0002", "touch ran");
  await supervisor.until(() => supervisor.events("exec-0001").some(({ event }) => event === "start"));
  supervisor.send({ op: "cancel", exec: "exec-0002" });
  expect((await supervisor.done("exec-0002")).names).toEqual(["done"]);
  supervisor.send({ op: "cancel", exec: "exec-0001" });
  await supervisor.done("exec-0001");
  supervisor.execute("exec-0003", "ls");
  expect((await supervisor.done("exec-0003")).stdout).toBe("");
});

test("a thread of output that goes on after its cell does not keep the next cell from ending", async () => {
  supervisor.execute("exec-0001", "yes & echo $!");
  await supervisor.done("exec-0001");
  supervisor.execute("exec-0002", "kill %1; echo ended");
  expect((await supervisor.done("exec-0002")).status).toBe("completed");
});

test("what a session prints between two cells belongs to the first", async () => {
  supervisor.execute("exec-0001", "(sleep 0.2; echo late) &");
  await supervisor.until(() => supervisor.events("exec-0001").some(({ data }) => data.content === "late\n"));
  expect(supervisor.events("exec-0001").map(({ event }) => event)).toEqual(["start", "done", "stdout"]);
});

test("a cell longer than a pipe arrives", async () => {
  supervisor.execute("exec-0001", `x=${"y".repeat(300_000)}; echo \${#x}`);
  expect((await supervisor.done("exec-0001")).stdout).toBe("300000\n");
});

test("a reset ends what runs and what waits, and says why", async () => {
  supervisor.execute("exec-0001", "sleep 60");
  supervisor.execute("exec-0002", "echo never");
  await supervisor.until(() => supervisor.events("exec-0001").some(({ event }) => event === "start"));
  supervisor.send({ op: "reset", session: "p:bash:default" });
  expect(await supervisor.done("exec-0001")).toMatchObject({ names: ["start", "error", "done"], status: "failed" });
  expect(await supervisor.done("exec-0002")).toMatchObject({ names: ["error", "done"], status: "cancelled" });
});

test("SIGTERM ends what runs, and says so before the supervisor ends", async () => {
  supervisor.execute("exec-0001", "sleep 60");
  await supervisor.until(() => supervisor.events("exec-0001").some(({ event }) => event === "start"));
  supervisor.child.kill("SIGTERM");
  expect((await supervisor.done("exec-0001")).names).toEqual(["start", "error", "done"]);
});
