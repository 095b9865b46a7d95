/** The Julia kernel as the image runs it. No registry that the image is built from has Julia: then these are skipped and say so. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeImage, Runtime } from "./image-under-test.ts";

const SESSION = "p:julia:default";
const ASSETS = "/project/_assets";

type Events = { event: string; data: Record<string, unknown> }[];
const dataOf = (events: Events, name: string) => events.find(({ event }) => event === name)?.data;
const tracebackOf = (events: Events) => (dataOf(events, "error")?.traceback ?? []) as string[];

const isMissing = await lacksJulia();

/** Asks the runtime under test, if there is one. */
async function lacksJulia(): Promise<boolean> {
  if (process.env.MARKCO_RUNTIME_IMAGE === undefined && process.env.MARKCO_RUNTIME_COMMAND === undefined) return false;
  const runtime = new Runtime(SESSION);
  const ended = new Promise<never>((_, reject) => {
    runtime.supervisor.child.once("exit", () => reject(new Error("the runtime under test does not start")));
  });
  const heard = runtime.supervisor.until((lines) => lines.find((line) => line.type === "ready"));
  const ready = await Promise.race([heard, ended]);
  ended.catch(() => {});
  runtime.close();
  return !ready.languages.includes("julia");
}

function describeJulia(name: string, define: () => void): void {
  if (isMissing) describe.skip(`${name} (skipped: the runtime image has no Julia)`, define);
  else describeImage(name, define);
}

describeJulia("the Julia kernel", () => {
  let runtime: Runtime;
  beforeAll(() => {
    runtime = new Runtime(SESSION);
  });
  afterAll(() => runtime.close());

  test("what is printed, shown and logged stays in the order of the cell", async () => {
    const { events } = await runtime.run(
      'println("a"); display(42)\nrun(`echo child`); display(43)\n@warn "careful"\n[1, 2]',
    );
    expect(events.slice(1, -1)).toMatchObject([
      { event: "stdout", data: { content: "a\n" } },
      { event: "display", data: { data: { "text/plain": "42" } } },
      { event: "stdout", data: { content: "child\n" } },
      { event: "display", data: { data: { "text/plain": "43" } } },
      { event: "stderr", data: { content: expect.stringContaining("Warning: careful") } },
      { event: "result", data: { data: { "text/plain": expect.stringContaining("2-element") } } },
    ]);
  });

  test("displays and clears stand where they were called", async () => {
    const { names } = await runtime.run("for i in 1:20; clear_output(); println(i); display(i); end");
    expect(names.slice(1, -1)).toEqual(Array.from({ length: 20 }, () => ["clear", "stdout", "display"]).flat());
  });

  test("what is printed arrives while the cell runs", async () => {
    const exec = runtime.start('print("first"); sleep(100)');
    await runtime.hears(exec, "stdout");
    runtime.supervisor.send({ op: "interrupt", session: SESSION });
    expect((await runtime.supervisor.done(exec)).names).toEqual(["start", "stdout", "error", "done"]);
  });

  test("a semicolon hides the value, and nothing is none", async () => {
    expect((await runtime.run("x = 5; # hidden")).names).toEqual(["start", "done"]);
    expect((await runtime.run("nothing")).names).toEqual(["start", "done"]);
    expect(dataOf((await runtime.run("1 + 1; x")).events, "result")).toMatchObject({ data: { "text/plain": "5" } });
  });

  test("a loop assigns the variables around it, and expressions run one by one", async () => {
    const { stdout } = await runtime.run(
      "total = 0\nfor i in 1:3\n  total += i\nend\nmacro six() :(6) end\nprintln(total, @six)",
    );
    expect(stdout).toBe("66\n");
  });

  test("an image and a page are files; without a folder they travel", async () => {
    await runtime.run('struct Dot end\nBase.show(io::IO, ::MIME"image/png", ::Dot) = write(io, UInt8[1, 2, 3])');
    const filed = await runtime.run('display(Dot()); HTML("<b>x</b>")', ASSETS);
    expect(filed.names).toEqual(["start", "asset", "asset", "done"]);
    expect(filed.events.slice(1, 3)).toMatchObject([
      { data: { mime: "image/png", path: `${ASSETS}/039058c6f2c0.png`, size: 3 } },
      { data: { mime: "text/html", path: expect.stringMatching(/^\/project\/_assets\/\w{12}\.html$/) } },
    ]);
    expect(dataOf((await runtime.run("Dot()")).events, "result")).toMatchObject({
      data: { "image/png": "AQID", "text/plain": expect.stringContaining("Dot") },
    });
  });

  test("an error points at the innermost line of the cell that ran, and what stands behind it does not run", async () => {
    const { events, stdout } = await runtime.run('function f(x)\n  error("boom")\nend\nf(2)\nprintln("behind")');
    expect(stdout).toBe("");
    expect(dataOf(events, "error")).toMatchObject({ type: "ErrorException", message: "boom", line: 2 });
    expect(tracebackOf(events).at(-1)).toBe("  top-level scope at Cell:4");
    expect(JSON.stringify(events)).not.toContain("kernels/julia");
    expect(dataOf((await runtime.run("\n\nf(2)")).events, "error")).toMatchObject({ line: 3 });
    expect(dataOf((await runtime.run("\nundefined_thing")).events, "error")).toMatchObject({
      type: "UndefVarError",
      line: 2,
    });
  });

  test("an error that can't be shown, a value that can't, and a stack that overflows", async () => {
    const rude = 'struct Rude <: Exception end\nBase.showerror(io::IO, ::Rude) = error("no")\nthrow(Rude())';
    expect(dataOf((await runtime.run(rude)).events, "error")).toMatchObject({ type: "Rude", line: 3 });
    const shy = 'struct Shy end\nBase.show(io::IO, ::Shy) = error("shy")\nShy()';
    expect(dataOf((await runtime.run(shy)).events, "error")).toMatchObject({ message: "shy" });
    const deep = await runtime.run("deep(x) = 1 + deep(x + 1)\ndeep(1)");
    expect(dataOf(deep.events, "error")).toMatchObject({ type: "StackOverflowError" });
    expect(tracebackOf(deep.events).length).toBeLessThan(50);
  });

  test("code that does not parse runs not at all, and is pointed at", async () => {
    const { events, stdout } = await runtime.run('println("ran")\ny = (2 +* 3)');
    expect(stdout).toBe("");
    expect(dataOf(events, "error")).toMatchObject({ type: "ParseError", line: 2 });
  });

  test.each([
    ["a loop", "while true; end"],
    ["a sleep", "sleep(100)"],
    ["a command", 'run(`sleep 100`); println("never")'],
    ["a command that is captured", "read(`sleep 100`)"],
    ["tasks", "@sync for i in 1:2; @async sleep(100); end"],
    ["a flood of displays", "while true; display(1); end"],
    ["a question", "readline()"],
  ])("an interrupt ends %s", async (_name, code) => {
    const exec = runtime.start(code);
    await runtime.hears(exec, code === "readline()" ? "stdin_request" : "start");
    await new Promise((resolve) => setTimeout(resolve, 200));
    runtime.supervisor.send({ op: "interrupt", session: SESSION });
    const { status, stdout } = await runtime.supervisor.done(exec);
    expect({ status, stdout }).toEqual({ status: "failed", stdout: "" });
    expect(runtime.supervisor.events(exec).at(-2)?.data).toMatchObject({ type: "InterruptException", line: 1 });
    expect((await runtime.run('print("on")')).stdout).toBe("on");
  });

  test("a cell asks, and goes on with the answers", async () => {
    const exec = runtime.start('println("got ", readline()); println(read(Base.getpass("secret"), String))');
    expect((await runtime.hears(exec, "stdin_request"))?.data).toEqual({ prompt: "", password: false });
    runtime.supervisor.send({ op: "input", exec, text: "Zoë" });
    const secret = await runtime.supervisor.until(() =>
      runtime.supervisor.events(exec).find(({ data }) => data.password === true),
    );
    expect(secret.data.prompt).toBe("secret: ");
    runtime.supervisor.send({ op: "input", exec, text: "pass" });
    expect((await runtime.supervisor.done(exec)).stdout).toBe("got Zoë\npass\n");
  });

  test("a cancelled question is the end of the input", async () => {
    const exec = runtime.start("length(readlines(stdin))");
    await runtime.hears(exec, "stdin_request");
    runtime.supervisor.send({ op: "input_cancel", exec });
    await runtime.supervisor.done(exec);
    expect(dataOf(runtime.supervisor.events(exec), "result")).toMatchObject({ data: { "text/plain": "0" } });
  });

  test("tasks go on when their cell has ended", async () => {
    const { exec } = await runtime.run('@async (sleep(0.3); println("late"));');
    const late = await runtime.supervisor.until(() =>
      runtime.supervisor.events(exec).find(({ data }) => data.content === "late\n"),
    );
    expect(late.event).toBe("stdout");
  });
});

describeJulia("the Julia kernel's questions", () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = new Runtime(SESSION);
    await runtime.run(`
answer = 42
nested = Dict("a" => Any[1, Dict("b" => "deep")], :c => Set([1]))
grid = [0.5 1.0 1.5; 2.0 2.5 3.0]
big = zeros(1000, 1000)
named = (x = 1, y = "two")
"A place."
struct Point
    x::Int
    y::Int
end
p = Point(1, 2)
"Moves it."
function move(p::Point, by = 1)
    # How far.
    return p.x + by
end
struct Rude <: AbstractVector{Int} end
Base.size(::Rude) = (global answer = 0; (1,))
Base.show(io::IO, ::Rude) = (global answer = 0)
rude = Rude();
`);
  });
  afterAll(() => runtime.close());
  const variable = (name: string, path: string[] = [], offset = 0, limit = 100) =>
    runtime.ask("variable", { name, path, offset, limit });

  test("variables have types, sizes, shapes and previews, and none of the user's own code runs for them", async () => {
    const { variables, count } = await runtime.ask("variables", {});
    const rows = Object.fromEntries((variables as { name: string }[]).map((row) => [row.name, row]));
    expect(Object.keys(rows)).toEqual("Point Rude answer big grid move named nested p rude".split(" "));
    expect(count).toBe(10);
    expect(rows).toMatchObject({
      answer: { type: "Int64", value: "42", expandable: false },
      big: { shape: [1000, 1000], dtype: "Float64", size: 8_000_000, expandable: true },
      named: { value: '(x = 1, y = "two")', keys: ["x", "y"], length: 2 },
      p: { type: "Point", value: "Point(x = 1, y = 2)", expandable: true },
      rude: { type: "Rude", expandable: false },
    });
    expect((await runtime.run("print(answer)")).stdout).toBe("42");
  });

  test("a matrix is read by pages, and its columns are the way inwards", async () => {
    expect(await variable("grid", [], 1, 5)).toMatchObject({
      table: { columns: [{ name: "1", dtype: "Float64" }, {}, {}], index: ["2"], rows: [["2.0", "2.5", "3.0"]] },
      children: [{ name: "1" }, { name: "2" }, { name: "3" }],
      count: 2,
      truncated: false,
    });
    expect(await variable("big", ["3"], 998, 5)).toMatchObject({ count: 1000, children: [{ name: "999" }, {}] });
  });

  test("dictionaries, nested values and structs too", async () => {
    expect(await variable("nested", ["a", "2", "b"])).toMatchObject({ type: "String", fullValue: "deep" });
    expect(await variable("nested", ["c"])).toMatchObject({ children: [{ name: "1", value: "1" }], count: 1 });
    expect(await variable("p")).toMatchObject({
      children: [
        { name: "x", value: "1" },
        { name: "y", value: "2" },
      ],
    });
    await expect(variable("nested", ["nothing"])).rejects.toThrow("nothing");
    await expect(variable("nowhere")).rejects.toThrow("no variable nowhere");
  });

  test("completion has kinds, types and previews, and counts as the protocol does", async () => {
    const complete = (code: string) => runtime.ask("complete", { code, cursor: code.length });
    expect(await complete('"🎈"; answ')).toMatchObject({
      matches: [{ label: "answer", kind: "variable", type: "Int64", valuePreview: "42" }],
      cursorStart: 6,
      cursorEnd: 10,
    });
    expect((await complete("p.")).matches).toMatchObject([{ label: "x", valuePreview: "1" }, { label: "y" }]);
    expect((await complete("Base.Iterators.enumer")).matches).toMatchObject([{ label: "enumerate", kind: "function" }]);
    expect((await complete("move(p, ")).matches).toEqual([]);
  });

  test("inspection has the signature, then the documentation, then the source", async () => {
    const inspect = (code: string, detail: number) => runtime.ask("inspect", { code, cursor: code.length, detail });
    expect(await inspect("move(p, ", 0)).toMatchObject({
      found: true,
      name: "move",
      signature: expect.stringContaining("move(p::Point, by)"),
      docstring: null,
    });
    expect(await inspect("move", 1)).toMatchObject({ docstring: "Moves it.", sourceCode: null });
    expect(await inspect("move", 2)).toMatchObject({ sourceCode: expect.stringContaining("# How far."), file: null });
    expect(await inspect("@time", 1)).toMatchObject({ docstring: expect.stringContaining("time it took") });
    expect(await inspect("answer", 1)).toMatchObject({ value: "42", docstring: null });
    expect(await inspect("nowhere", 0)).toMatchObject({ found: false });
  });

  test("hover tells the part that the cursor touches", async () => {
    expect(await runtime.ask("hover", { code: "z = p.x + 1", cursor: 7 })).toMatchObject({ name: "p.x", value: "1" });
    expect(await runtime.ask("hover", { code: "z = p.x + 1", cursor: 4 })).toMatchObject({ name: "p", type: "Point" });
  });

  test("unfinished code is told from wrong code", async () => {
    const status = async (code: string) => (await runtime.ask("is_complete", { code })).status;
    expect(await status("for i in 1:3")).toBe("incomplete");
    expect(await status('x = "open')).toBe("incomplete");
    expect(await status("1 +* 2")).toBe("invalid");
    expect(await status("1 + 2")).toBe("complete");
  });
});

describeJulia("the Julia kernel is given what it does not expect", () => {
  let runtime: Runtime;
  beforeAll(() => {
    runtime = new Runtime(SESSION);
  });
  afterAll(() => runtime.close());

  /** The next cell works, and its output is its own. */
  const goesOn = async () => expect((await runtime.run('println("next")')).stdout).toBe("next\n");

  test.each([
    ["its own stdout", "close(stdout)"],
    ["fd 1", "ccall(:close, Cint, (Cint,), 1);"],
    ["all descriptors that it can", "foreach(fd -> ccall(:close, Cint, (Cint,), fd), 3:5)"],
  ])("closes %s", async (_name, code) => {
    expect((await runtime.run(code)).status).toBe("completed");
    await goesOn();
  });

  test("text that is no valid UTF-8, half a surrogate pair and a NUL", async () => {
    expect((await runtime.run('"\\xff(" # \ud83c \0')).status).toBe("completed");
    await runtime.run('bad = "\\xff("');
    await runtime.ask("variable", { name: "bad", path: [], offset: 0, limit: 10 });
    await runtime.ask("complete", { code: "\ud83c pri", cursor: 5 });
    await goesOn();
  });

  test("a result that is too long for a reader is cut", async () => {
    const { events } = await runtime.run('Text("x"^10^7)');
    expect(JSON.stringify(events).length).toBeLessThan(300_000);
    expect(JSON.stringify(events)).toContain("characters left out");
    await goesOn();
  });

  test("ends: it is said, and the next cell has a fresh session", async () => {
    const { events } = await runtime.run("gone = 1; exit(3)");
    expect(dataOf(events, "error")).toMatchObject({
      type: "KernelDied",
      message: expect.stringContaining("exit status 3"),
    });
    expect((await runtime.run("print(@isdefined(gone))")).stdout).toBe("false");
  });
});
