/** The JavaScript kernel as the image runs it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeImage, Runtime } from "./image-under-test.ts";

const SESSION = "p:javascript:default";

describeImage("the JavaScript kernel", () => {
  let runtime: Runtime;
  beforeAll(() => {
    runtime = new Runtime(SESSION);
  });
  afterAll(() => runtime.close());

  const resultOf = async (code: string) => {
    const { events } = await runtime.run(code);
    return events.find(({ event }) => event === "result")?.data.data as Record<string, string> | undefined;
  };
  const errorOf = async (code: string) =>
    (await runtime.run(code)).events.find(({ event }) => event === "error")?.data as Record<string, unknown>;

  test("names stay from cell to cell and may be declared again", async () => {
    await runtime.run("let x = 41; const list = [1]; class A {} function f() { return x }");
    expect(await resultOf("let x = 42; const list = [2]; class A {}; f() + list[0]")).toEqual({ "text/plain": "44" });
  });
  test("await stands anywhere, and a cell that ends with a statement has no result", async () => {
    expect(await resultOf("const late = await new Promise((done) => setTimeout(done, 10, 'late')); late")).toEqual({
      "text/plain": "'late'",
    });
    expect((await runtime.run("if (true) { }; undefined")).names).toEqual(["start", "done"]);
  });
  test("modules come by require, by import declarations and by import()", async () => {
    await runtime.run(
      "require('node:fs').writeFileSync('own.mjs', 'export const own = 1; export default 2'); require('node:fs').writeFileSync('own.json', '[3]')",
    );
    expect(
      await resultOf(
        'import two, {\n  own as one\n} from "./own.mjs";\nimport * as path from "node:path"\none + two + path.sep',
      ),
    ).toEqual({
      "text/plain": "'3/'",
    });
    expect(await resultOf("(await import('./own.mjs')).default + require('./own.json')[0]")).toEqual({
      "text/plain": "5",
    });
    expect(await errorOf("await import('nothing-of-the-kind')")).toMatchObject({ type: "Error" });
  });
  test("output arrives while the cell runs, and streams are told apart", async () => {
    const exec = runtime.start("console.log('out'); console.error('err'); await new Promise(() => {})");
    await runtime.supervisor.until(
      () => runtime.supervisor.events(exec).filter(({ event }) => event.startsWith("std")).length === 2,
    );
    runtime.supervisor.send({ op: "interrupt", session: SESSION });
    expect(await runtime.supervisor.done(exec)).toMatchObject({ stdout: "out\n", stderr: "err\n", status: "failed" });
  });
  test("displays, prints and the result stand in the order of the cell", async () => {
    const { names } = await runtime.run(
      "for (let i = 0; i < 20; i++) { clearOutput(); console.log(i); display(i) }; 'end'",
    );
    expect(names.slice(1, -1)).toEqual([
      ...Array.from({ length: 20 }, () => ["clear", "stdout", "display"]).flat(),
      "result",
    ]);
  });
  test("100,000 lines arrive in order", async () => {
    const { stdout } = await runtime.run("for (let i = 0; i < 100_000; i++) console.log(i)");
    expect(stdout === Array.from({ length: 100_000 }, (_, i) => `${i}\n`).join("")).toBe(true);
  });
  test("a list of objects is a table, and objects may say what they look like", async () => {
    expect(await resultOf("[{ a: 1, b: '<i>' }, { a: 2 }]")).toMatchObject({
      "text/plain": "[ { a: 1, b: '<i>' }, { a: 2 } ]",
      "text/html": expect.stringContaining("<td>&#60;i&#62;</td>"),
    });
    expect(await resultOf("({ [Symbol.for('markco.display')]: () => ({ 'text/latex': 'x^2' }) })")).toMatchObject({
      "text/latex": "x^2",
    });
  });
  test("pictures and pages are files", async () => {
    const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
    const { events } = await runtime.run(
      `display.image(Buffer.from("${png}", "base64")); display.html("<b>x</b>")`,
      "/project/_assets",
    );
    expect(events.filter(({ event }) => event === "asset").map(({ data }) => data)).toMatchObject([
      { mime: "image/png", path: expect.stringMatching(/^\/project\/_assets\/\w{12}\.png$/), size: 70 },
      { mime: "text/html", name: expect.stringMatching(/^\w{12}\.html$/), size: 8 },
    ]);
  });
  test.each([
    [
      "an error",
      "1;\nfunction fail() {\n  throw new TypeError('bad');\n}\nfail()",
      { type: "TypeError", message: "bad", line: 3 },
    ],
    ["a syntax error", "1;\nlet = 3 3", { type: "SyntaxError", line: 2 }],
    ["a rejected promise", "await Promise.reject(new RangeError('far'))", { type: "RangeError", message: "far" }],
    ["what is no error", "throw { code: 3 }", { type: "Thrown", message: "{ code: 3 }" }],
  ])("%s is said with its place", async (_name, code, expected) => {
    const error = await errorOf(code);
    expect(error).toMatchObject(expected);
    expect(String(error.traceback)).not.toMatch(/node:internal|opt\/markco/);
  });
  test.each([
    ["a loop", "for (;;) {}"],
    ["an await", "await new Promise(() => {})"],
    ["a program", "require('node:child_process').execSync('sleep 100')"],
    ["a question", "prompt('?')"],
  ])("an interrupt ends %s", async (_name, code) => {
    await runtime.run("globalThis.kept = 1");
    const exec = runtime.start(code);
    await runtime.hears(exec, code.startsWith("prompt") ? "stdin_request" : "start");
    await new Promise((resolve) => setTimeout(resolve, 100));
    runtime.supervisor.send({ op: "interrupt", session: SESSION });
    expect((await runtime.supervisor.done(exec)).status).toBe("failed");
    expect(await resultOf("kept")).toEqual({ "text/plain": "1" });
  });
  test("a cell asks, and goes on with the answer", async () => {
    const exec = runtime.start("const name = await input('name? ', { password: true }); '<' + name + '>'");
    expect((await runtime.hears(exec, "stdin_request"))?.data).toEqual({ prompt: "name? ", password: true });
    runtime.supervisor.send({ op: "input", exec, text: "Zoë" });
    await runtime.supervisor.done(exec);
    expect(runtime.supervisor.events(exec).at(-2)?.data).toMatchObject({ data: { "text/plain": "'<Zoë>'" } });
  });
  test("what fails after its cell is printed and ends nothing", async () => {
    const { exec } = await runtime.run(
      "setTimeout(() => { throw new Error('late') }, 20); Promise.reject(new Error('alone')); 0",
    );
    await runtime.supervisor.until(() => JSON.stringify(runtime.supervisor.events(exec)).includes("late"));
    expect(JSON.stringify(runtime.supervisor.events(exec))).toContain("alone");
    expect(await resultOf("1")).toEqual({ "text/plain": "1" });
  });
  test("what is strange or too long is shown all the same", async () => {
    expect((await resultOf("'x'.repeat(2e8)"))?.["text/plain"]).toMatch(/characters left out/);
    expect(
      await resultOf("const o = { big: 10n, s: Symbol('s'), bad: '\\ud800', __proto__: null }; o.self = o; o"),
    ).toBeDefined();
    expect(await resultOf("new Proxy({}, { get() { throw new Error('no') } })")).toBeDefined();
  });
  test("process.exit ends the session with its status, and the next cell has a fresh one", async () => {
    expect((await errorOf("process.exit(3)")).message).toContain("exit status 3");
    expect(await resultOf("typeof kept")).toEqual({ "text/plain": "'undefined'" });
  });
  test("questions are answered from live objects, by pages, and run no getter", async () => {
    await runtime.run(
      "let answer = 42; const map = new Map([['k', { deep: [1, 2] }]]); const rows = [{ a: 1, b: 'é' }, { a: 2 }]; const o = { get bad() { throw 1 }, fine: 1 }; function twice(n, by = 2) { return n * by }",
    );
    const { variables } = await runtime.ask("variables", {});
    expect(variables).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: "answer", type: "number", value: "42" }),
        expect.objectContaining({ name: "map", type: "Map", length: 1, expandable: true }),
      ]),
    );
    const variable = (name: string, path: string[] = [], offset = 0, limit = 100) =>
      runtime.ask("variable", { name, path, offset, limit });
    expect(await variable("map", ["k", "deep"], 1, 1)).toMatchObject({
      children: [{ name: "1", value: "2" }],
      count: 2,
      truncated: false,
    });
    expect(await variable("rows")).toMatchObject({
      table: {
        columns: [{ name: "a" }, { name: "b" }],
        rows: [
          ["1", "'é'"],
          ["2", null],
        ],
      },
    });
    expect(await variable("o")).toMatchObject({ count: 2, children: [{ name: "fine" }] });
    await expect(variable("nothing")).rejects.toThrow("no variable nothing");
    const code = '"🎈"; answ';
    expect(await runtime.ask("complete", { code, cursor: code.length })).toMatchObject({
      matches: [{ label: "answer", valuePreview: "42", type: "number" }],
      cursorStart: 6,
    });
    expect((await runtime.ask("complete", { code: "map.ge", cursor: 6 })).matches).toMatchObject([
      { label: "get", kind: "function" },
    ]);
    expect(await runtime.ask("inspect", { code: "twice(", cursor: 6, detail: 2 })).toMatchObject({
      found: true,
      signature: "twice(n, by = 2)",
      sourceCode: expect.stringContaining("return n * by"),
    });
    expect(await runtime.ask("hover", { code: "o.fine", cursor: 4 })).toMatchObject({
      found: true,
      name: "o.fine",
      value: "1",
    });
    expect(await runtime.ask("is_complete", { code: "function f() {" })).toMatchObject({ status: "incomplete" });
    expect(await runtime.ask("is_complete", { code: "1 + 1" })).toMatchObject({ status: "complete" });
    expect(await runtime.ask("is_complete", { code: "1 +* 1" })).toMatchObject({ status: "invalid" });
  });
});
