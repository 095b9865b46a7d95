/** The supervisor with the Bash kernel, on the machine's own python3: no image is needed for what the protocol promises. */
import { createHash } from "node:crypto";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Supervisor } from "./supervisor-under-test.ts";

let supervisor: Supervisor;
beforeEach(async () => {
  supervisor = new Supervisor(await mkdtemp(join(tmpdir(), "runtime-")));
});
afterEach(() => {
  expect(supervisor.garbage).toEqual([]);
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
      venv: null,
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

describe("a Bash session is a terminal", () => {
  const typed = (exec: string, text: string | null) =>
    text === null ? supervisor.send({ op: "input_cancel", exec }) : supervisor.send({ op: "input", exec, text });
  const asked = (exec: string, times = 1) =>
    supervisor.until(() => supervisor.events(exec).filter(({ event }) => event === "stdin_request")[times - 1]);

  test("programs see one on all three, of one size, and print lines as they are", async () => {
    supervisor.execute("exec-0001", "[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && tput cols; printf 'a\\nb\\n'");
    expect((await supervisor.done("exec-0001")).stdout).toBe("100\na\nb\n");
  });
  test.each([
    ["read", 'read -p "name? " name; echo "<$name>"', "name? "],
    ["a program", `python3 -c 'print("<" + input("name? ") + ">")'`, "name? "],
    ["a program that reads what is piped to nobody", 'name=$(head -1); echo "<$name>"', ""],
  ])("%s that asks is answered", async (_name, code, prompt) => {
    supervisor.execute("exec-0001", code);
    expect((await asked("exec-0001")).data).toEqual({ prompt, password: false });
    typed("exec-0001", "Zoë");
    const { stdout, status } = await supervisor.done("exec-0001");
    expect(stdout).toContain("<Zoë>\n");
    expect(status).toBe("completed");
  });
  test("a password is asked for as one and not shown", async () => {
    supervisor.execute("exec-0001", 'read -s -p "password: " word; echo; echo -n "$word" | wc -c');
    expect((await asked("exec-0001")).data).toEqual({ prompt: "password: ", password: true });
    typed("exec-0001", "secret");
    expect((await supervisor.done("exec-0001")).stdout).toBe("\n6\n");
  });
  test("a second question comes after the first, and a cancelled one is the end of input", async () => {
    supervisor.execute("exec-0001", "read a; read b || echo no more; echo $a");
    await asked("exec-0001");
    typed("exec-0001", "first");
    await asked("exec-0001", 2);
    typed("exec-0001", null);
    expect((await supervisor.done("exec-0001")).stdout).toBe("first\nno more\nfirst\n");
  });
  test("nobody is asked by a program that computes or sleeps", async () => {
    supervisor.execute("exec-0001", "sleep 0.5; i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done");
    expect((await supervisor.done("exec-0001")).names).toEqual(["start", "done"]);
  });
  test("what a cell did to the terminal is undone for the next one", async () => {
    supervisor.execute("exec-0001", "stty raw -echo; exec 0</dev/null");
    supervisor.execute("exec-0002", "stty -a </dev/tty | grep -c ' icanon'");
    expect((await supervisor.done("exec-0002")).stdout).toBe("1\n");
  });
  test("output and stderr stand before the message that follows them, however much it was", async () => {
    for (let i = 1; i <= 20; i++) {
      const exec = `exec-${1000 + i}`;
      supervisor.execute(exec, "seq 3000; seq 3000 >&2; false");
      const { names, stdout, stderr } = await supervisor.done(exec);
      expect([stdout.length, stderr.length]).toEqual([13_893, 13_893]);
      expect(names.slice(-2)).toEqual(["error", "done"]);
    }
  });
});

// Millions of lines, on a machine that is also busy with other tests.
describe("a cell that prints without end", { timeout: 120_000 }, () => {
  test("is events at the beginning and the end, and a file that has it all", async () => {
    const assetDir = join(supervisor.cwd, "_assets");
    supervisor.execute("exec-0001", "seq 2000000", "p:bash:default", assetDir);
    const { stdout, names } = await supervisor.done("exec-0001");
    expect(stdout.length).toBeLessThan(4_500_000);
    expect(stdout).toMatch(
      /^1\n2\n[\s\S]*\n… [\d,]+ characters left out \(all of it is in the file\) …\n[\s\S]*\n2000000\n$/,
    );
    const asset = supervisor.events("exec-0001").find(({ event }) => event === "asset")?.data;
    expect(asset).toMatchObject({ mime: "text/plain", size: 14_888_896 });
    const whole = await readFile(String(asset?.path), "utf8");
    expect(whole === Array.from({ length: 2_000_000 }, (_, i) => `${i + 1}\n`).join("")).toBe(true);
    expect(asset?.name).toBe(`${createHash("sha256").update(whole).digest("hex").slice(0, 12)}.txt`);
    expect(names.at(-1)).toBe("done");
  });
  test("has no file where nobody said where to, and says how much is missing", async () => {
    supervisor.execute("exec-0001", "seq 1000000");
    const { stdout, names } = await supervisor.done("exec-0001");
    expect(names).not.toContain("asset");
    expect(stdout).toMatch(/… [\d,]+ characters left out …\n/);
  });
});

describe("a question", () => {
  const ask = async (request: Parameters<Supervisor["send"]>[0]) => supervisor.reply(supervisor.send(request));
  const session = { session: "p:bash:default", language: "bash" } as const;

  test("to a session that has not started is answered so", async () => {
    expect(await ask({ op: "variables", ...session })).toMatchObject({ ok: false, error: { code: "not_found" } });
  });
  test("about variables, completion, functions and elements is answered from the live session", async () => {
    supervisor.execute(
      "exec-0001",
      'answer=42; typeset -A map=([a]=1 ["b c"]="x y"); list=(1 2 3); hello() { echo hi; }',
    );
    await supervisor.done("exec-0001");
    expect(await ask({ op: "variables", ...session })).toMatchObject({
      result: {
        variables: [
          { name: "answer", type: "string", value: "42" },
          { name: "list", type: "array", length: 3, expandable: true },
          { name: "map", type: "associative array", length: 2 },
        ],
        count: 3,
      },
    });
    const page = { column: 0, sort: null };
    expect(
      await ask({ op: "variable", ...session, name: "map", path: ["b c"], offset: 0, limit: 10, ...page }),
    ).toMatchObject({
      result: { value: "x y" },
    });
    expect(
      await ask({ op: "variable", ...session, name: "list", path: [], offset: 1, limit: 1, ...page }),
    ).toMatchObject({
      result: { children: [{ name: "1", value: "2" }], count: 3, truncated: true },
    });
    expect(await ask({ op: "complete", ...session, code: "echo 🎈 $ans", cursor: 12 })).toMatchObject({
      result: { matches: [{ label: "answer", valuePreview: "42" }], cursorStart: 9, cursorEnd: 12, source: "runtime" },
    });
    expect(await ask({ op: "complete", ...session, code: "hel", cursor: 3 })).toMatchObject({
      result: { matches: expect.arrayContaining([expect.objectContaining({ label: "hello", kind: "function" })]) },
    });
    expect(await ask({ op: "inspect", ...session, code: "hello", cursor: 2, detail: 2 })).toMatchObject({
      result: { found: true, kind: "function", sourceCode: expect.stringContaining("echo hi") },
    });
    expect(await ask({ op: "is_complete", ...session, code: "if true; then" })).toMatchObject({
      result: { status: "incomplete" },
    });
  });
  test("to a busy session is answered from what it knew when it was idle", async () => {
    supervisor.execute("exec-0001", "answer=42");
    await supervisor.done("exec-0001");
    await ask({ op: "variables", ...session });
    supervisor.execute("exec-0002", "answer=43; sleep 60");
    await supervisor.until(() => supervisor.events("exec-0002").some(({ event }) => event === "start"));
    expect(await ask({ op: "variables", ...session })).toMatchObject({
      result: { variables: [{ name: "answer", value: "42" }], source: "snapshot" },
    });
    expect(await ask({ op: "complete", ...session, code: "an", cursor: 2 })).toMatchObject({
      result: { matches: [{ label: "answer" }], cursorStart: 0, source: "snapshot" },
    });
    expect(await ask({ op: "hover", ...session, code: "answer", cursor: 2 })).toMatchObject({
      result: { found: true, value: "42", source: "snapshot" },
    });
    expect(await ask({ op: "format", ...session, code: "a" })).toMatchObject({ ok: false, error: { code: "busy" } });
    supervisor.send({ op: "interrupt", session: session.session });
    await supervisor.done("exec-0002");
  });
});

test("a cell that takes no interrupt says so, and a reset ends it", async () => {
  supervisor.execute("exec-0001", "trap '' INT; echo ready; sleep 60");
  await supervisor.until(() => supervisor.events("exec-0001").some(({ event }) => event === "stdout"));
  supervisor.send({ op: "interrupt", session: "p:bash:default" });
  const note = await supervisor.until(() => supervisor.events("exec-0001").find(({ event }) => event === "stderr"));
  expect(note.data.content).toMatch(/goes on in spite of the interrupt; to end it, restart the session/);
  supervisor.send({ op: "reset", session: "p:bash:default" });
  expect((await supervisor.done("exec-0001")).status).toBe("failed");
});

test("a session is started without a cell and ended for good", async () => {
  const place = { session: "p:bash:other", language: "bash", cwd: supervisor.cwd, venv: null } as const;
  expect(await supervisor.reply(supervisor.send({ op: "start", ...place }))).toMatchObject({
    result: { id: "p:bash:other", language: "bash", state: "idle" },
  });
  expect(await supervisor.reply(supervisor.send({ op: "end", session: "p:bash:other" }))).toMatchObject({
    result: { ended: true },
  });
  expect(await supervisor.reply(supervisor.send({ op: "sessions" }))).toMatchObject({
    result: { sessions: [], languages: expect.arrayContaining(["bash"]) },
  });
});

describe("a terminal", () => {
  const open = async (terminal = "main", columns = 80, rows = 24) => {
    const reply = await supervisor.reply(
      supervisor.send({ op: "terminal_open", terminal, cwd: supervisor.cwd, columns, rows }),
    );
    if (reply.type !== "reply" || !reply.ok) throw new Error(JSON.stringify(reply));
    return reply.result as { screen: string; position: number };
  };
  const shown = (terminal = "main") =>
    supervisor.lines
      .flatMap((line) => (line.type === "terminal" && line.terminal === terminal ? [line.data] : []))
      .join("");
  const input = (data: string) => supervisor.send({ op: "terminal_input", terminal: "main", data });
  const shows = (text: string | RegExp) =>
    supervisor.until(() => (typeof text === "string" ? shown().includes(text) : text.test(shown())));

  test("is a login shell with its size, colours and UTF-8", async () => {
    await open("main", 97, 41);
    input("stty size; echo Zoë 🎈 $TERM\r");
    await shows(/41 97\r\nZoë 🎈 xterm-256color\r\n/);
    supervisor.send({ op: "terminal_resize", terminal: "main", columns: 50, rows: 10 });
    input("stty size\r");
    await shows(/10 50\r\n/);
  });
  test("shows its screen to whoever comes back, and what programs printed meanwhile", async () => {
    await open();
    input("(sleep 0.5; echo mean''while) & echo bef''ore\r");
    await shows("before\r\n");
    supervisor.send({ op: "terminal_detach", terminal: "main" });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(shown()).not.toContain("meanwhile\r\n");
    const { screen, position } = await open();
    expect(screen).toMatch(/before\r\n[\s\S]*meanwhile\r\n/);
    expect(position).toBe([...screen].length);
  });
  test("waits for a slow viewer, and for nobody when nobody looks", async () => {
    const { position } = await open();
    input("yes | head -c 3000000; echo do''ne\r");
    await supervisor.until(() => shown().length > 200_000);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const held = shown().length;
    expect(held).toBeLessThan(400_000);
    supervisor.send({ op: "terminal_take", terminal: "main", position: position + held });
    await supervisor.until(() => shown().length > held + 100_000);
    supervisor.send({ op: "terminal_detach", terminal: "main" });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect((await open()).screen).toContain("done\r\n");
  });
  test("ends with its shell, or when it is closed with all that runs in it", async () => {
    await open();
    input("exit 3\r");
    expect(await supervisor.until((lines) => lines.find((line) => line.type === "terminal_end"))).toMatchObject({
      code: 3,
    });
    await open("other");
    await supervisor.reply(supervisor.send({ op: "terminal_close", terminal: "other" }));
    await supervisor.until((lines) => lines.find((line) => line.type === "terminal_end" && line.terminal === "other"));
    expect(await supervisor.reply(supervisor.send({ op: "terminal_list" }))).toMatchObject({
      result: { terminals: [] },
    });
  });
  test("Ctrl-C ends what runs in front", async () => {
    await open();
    input("sleep 60; echo ne''ver\r");
    await shows("ver\r\n");
    await new Promise((resolve) => setTimeout(resolve, 300));
    input("\x03");
    await shows("^C");
    input("echo af''ter\r");
    await shows("after\r\n");
    expect(shown()).not.toContain("never");
  });
});
