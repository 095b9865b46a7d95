/** The R kernel as the image runs it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeImage, Runtime } from "./image-under-test.ts";

const SESSION = "p:r:default";
const ASSETS = "/project/_assets";
const FIGURE = { mime: "image/png", path: expect.stringMatching(/^\/project\/_assets\/\w{12}\.png$/) };

type Events = { event: string; data: Record<string, unknown> }[];
const dataOf = (events: Events, name: string) => events.find(({ event }) => event === name)?.data;

const bundleOf = (events: Events, name: string) => (dataOf(events, name)?.data ?? {}) as Record<string, string>;

describeImage("the R kernel", () => {
  let runtime: Runtime;
  beforeAll(() => {
    runtime = new Runtime(SESSION);
  });
  afterAll(() => runtime.close());

  test("value, message, warning and figure stay in the order of the cell", async () => {
    const { events } = await runtime.run('1:3\nmessage("said")\nx <- log(-1)\nplot(1)\ncat("after\\n")\n6 * 7', ASSETS);
    expect(events.slice(1, -1)).toMatchObject([
      { event: "stdout", data: { content: "[1] 1 2 3\n" } },
      { event: "stderr", data: { content: "said\n" } },
      { event: "stderr", data: { content: "Warning message:\nIn log(-1) : NaNs produced\n" } },
      { event: "asset", data: FIGURE },
      { event: "stdout", data: { content: "after\n" } },
      { event: "result", data: { data: { "text/plain": "[1] 42" } } },
    ]);
  });

  test("what is printed arrives while the cell runs", async () => {
    const exec = runtime.start('cat("first\\n"); 1:2; Sys.sleep(100)');
    await runtime.supervisor.until(() =>
      runtime.supervisor.events(exec).some(({ data }) => String(data.content).includes("[1] 1 2")),
    );
    runtime.supervisor.send({ op: "interrupt", session: SESSION });
    const { names, stdout } = await runtime.supervisor.done(exec);
    expect({ names, stdout }).toEqual({
      names: ["start", "stdout", "error", "done"],
      stdout: "first\n[1] 1 2\n",
    });
  });

  test("an invisible last value is no result, and a silent cell has none", async () => {
    expect((await runtime.run("x <- 5")).names).toEqual(["start", "done"]);
    expect((await runtime.run("x; invisible(x)")).names).toEqual(["start", "stdout", "done"]);
  });

  test("a data frame comes as text and as HTML, within a cell as a display", async () => {
    const { events } = await runtime.run('frame <- data.frame(a = 1:2, b = c("<x>", NA))\nframe\nframe');
    const data = {
      "text/plain": "  a    b\n1 1  <x>\n2 2 <NA>",
      "text/html": expect.stringContaining("<td>&lt;x&gt;</td>"),
    };
    expect(events.slice(1, -1)).toMatchObject([
      { event: "display", data: { data } },
      { event: "result", data: { data } },
    ]);
  });

  test("a large data frame is shown by its ends", async () => {
    const { events } = await runtime.run("data.frame(a = 1:100000)");
    const html = bundleOf(events, "result")["text/html"];
    expect(html).toContain("100000 × 1");
    expect(html?.match(/<td>/g)).toHaveLength(60);
  });

  test("a ggplot is a figure: a file, or an image in the display", async () => {
    const code = "library(ggplot2); ggplot(mtcars, aes(mpg, wt)) + geom_point()";
    const filed = await runtime.run(code, ASSETS);
    expect(filed.names).toEqual(["start", "asset", "done"]);
    expect(dataOf(filed.events, "asset")).toMatchObject(FIGURE);
    const { names, events } = await runtime.run(code);
    expect(names).toEqual(["start", "display", "done"]);
    expect(dataOf(events, "display")).toMatchObject({
      data: { "image/png": expect.stringMatching(/^iVBOR[\w+/=]+$/) },
    });
  });

  test("a plot and what later expressions add to it are one figure", async () => {
    const { names } = await runtime.run("plot(1:3)\ntotal <- 6\nlines(3:1)\nfor (i in 1:3) abline(h = i)", ASSETS);
    expect(names).toEqual(["start", "asset", "done"]);
    expect((await runtime.run("par(mfrow = c(1, 2))\nplot(1)\nplot(2)", ASSETS)).names).toEqual([
      "start",
      "asset",
      "done",
    ]);
  });

  test("what a function adds to a figure that has been shown takes its place", async () => {
    const { events } = await runtime.run("add <- function() lines(3:1)\nplot(1:3)\nadd()", ASSETS);
    const [first, second] = events.filter(({ event }) => event === "asset").map(({ data }) => data);
    expect([first?.update, second?.update]).toEqual([false, true]);
    expect(second?.displayId).toBe(first?.displayId);
  });

  test("two plots are two figures, where they were finished, and a loop's too", async () => {
    const { names } = await runtime.run('plot(1:3)\ncat("between\\n")\nplot(3:1)', ASSETS);
    expect(names).toEqual(["start", "asset", "stdout", "asset", "done"]);
    const loop = await runtime.run('for (i in 1:3) { plot(i); cat("drawn\\n") }', ASSETS);
    expect(loop.names).toEqual(["start", "stdout", "asset", "stdout", "asset", "stdout", "asset", "done"]);
  });

  test("a device of the user's own makes no figure, nor do settings", async () => {
    const { names, stdout } = await runtime.run(
      'png("/tmp/own.png"); plot(1); invisible(dev.off())\npar(mar = c(1, 1, 1, 1))\ncat(file.size("/tmp/own.png") > 0)',
      ASSETS,
    );
    expect({ names, stdout }).toEqual({ names: ["start", "stdout", "done"], stdout: "TRUE" });
  });

  test("a figure is as large as the options say", async () => {
    const { events } = await runtime.run(
      "options(repr.plot.width = 4, repr.plot.height = 3, repr.plot.res = 100)\nplot.new(); box()",
    );
    await runtime.run("options(repr.plot.width = NULL, repr.plot.height = NULL, repr.plot.res = NULL)");
    const header = Buffer.from(bundleOf(events, "display")["image/png"] ?? "", "base64").subarray(16, 24);
    expect([header.readUInt32BE(0), header.readUInt32BE(4)]).toEqual([400, 300]);
  });

  test("a widget is a page that needs no other file", async () => {
    const { names, events } = await runtime.run("DT::datatable(head(iris))", ASSETS);
    expect(names).toEqual(["start", "asset", "done"]);
    const { path } = dataOf(events, "asset") as { path: string };
    const page = (await runtime.run(`cat(readChar("${path}", 1e7))`)).stdout;
    expect(page).toContain("<script>");
    expect(page).toContain("datatables");
    expect(page).not.toMatch(/<(script|link|img)[^>]* (src|href)="(?!data:)/);
    expect(page).not.toMatch(/url\((?!["']?data:)[^)]*\.(png|woff2?|ttf|css)/);
  });

  test("an error points at the line of the cell, and what stands behind it does not run", async () => {
    const { events, stdout } = await runtime.run(
      'cat("before\\n")\nf <- function(x) {\n  g(x)\n}\ng <- function(x) stop("boom")\n\nf(2)\ncat("behind\\n")',
    );
    expect(stdout).toBe("before\n");
    expect(dataOf(events, "error")).toEqual({
      type: "Error",
      message: "boom",
      traceback: ["Error in g(x) : boom", "  f(2) #7", "  g(x) #3", '  stop("boom") #5'],
      line: 5,
      column: null,
    });
    const next = await runtime.run("\n\nf(2)");
    expect(dataOf(next.events, "error")).toMatchObject({ line: 3 });
    const loop = await runtime.run('for (i in 1:3) {\n  if (i == 2)\n    stop("in a loop")\n}');
    expect(dataOf(loop.events, "error")).toMatchObject({ line: expect.toBeOneOf([2, 3]) });
  });

  test("an error is named by its class, also when it overflows the stack or can't be printed", async () => {
    const custom = 'stop(structure(class = c("my_error", "error", "condition"), list(message = "mine", call = NULL)))';
    expect(dataOf((await runtime.run(custom)).events, "error")).toMatchObject({ type: "my_error", message: "mine" });
    const deep = await runtime.run("f <- function() f(); f()");
    expect(dataOf(deep.events, "error")).toMatchObject({ message: expect.stringContaining("infinite recursion") });
    const unprintable = 'print.rude <- function(x, ...) stop("no")\nstructure(1, class = "rude")';
    expect(dataOf((await runtime.run(unprintable)).events, "error")).toMatchObject({ message: "no" });
  });

  test("code that does not parse runs not at all, and is pointed at", async () => {
    const { events, stdout } = await runtime.run('cat("ran")\ny <- (2 +* 3');
    expect(stdout).toBe("");
    expect(dataOf(events, "error")).toMatchObject({ message: "unexpected '*'", line: 2, column: 9 });
  });

  test("variables, packages and options stay", async () => {
    await runtime.run('kept <- 1; library(splines); options(digits = 3); stop("failed")');
    expect((await runtime.run('cat(kept, "package:splines" %in% search(), getOption("digits"))')).stdout).toBe(
      "1 TRUE 3",
    );
  });

  test.each([
    ["a loop", "while (TRUE) {}"],
    ["a sleep", "Sys.sleep(100)"],
    ["a command", 'system("sleep 100"); cat("never")'],
    ["a command that is captured", 'x <- system("sleep 100", intern = TRUE); cat("never")'],
    ["system2", 'system2("sleep", "100"); cat("never")'],
    ["a flood of warnings and displays", "repeat { warning(1); display(1) }"],
    ["a question", 'readline("name? "); cat("never")'],
  ])("an interrupt ends %s", async (_name, code) => {
    const exec = runtime.start(code);
    await runtime.hears(exec, code.startsWith("readline") ? "stdin_request" : "start");
    await new Promise((resolve) => setTimeout(resolve, 200));
    runtime.supervisor.send({ op: "interrupt", session: SESSION });
    const { status, stdout } = await runtime.supervisor.done(exec);
    expect({ status, stdout }).toEqual({ status: "failed", stdout: "" });
    expect(runtime.supervisor.events(exec).at(-2)?.data).toMatchObject({ type: "Interrupt", line: 1 });
    expect((await runtime.run('cat("on")')).stdout).toBe("on");
  });

  test("a cell asks, and goes on with the answers", async () => {
    const exec = runtime.start(
      'cat("got", readline("name? "), "\\n"); readLines(stdin(), 1)\nmenu(c("a", "b"))\ngetOption("askpass")("secret: ")',
    );
    const request = (count: number) =>
      runtime.supervisor.until(
        () => runtime.supervisor.events(exec).filter(({ event }) => event === "stdin_request")[count]?.data,
      );
    const type = (text: string) => runtime.supervisor.send({ op: "input", exec, text });
    expect(await request(0)).toEqual({ prompt: "name? ", password: false });
    type("Zoë");
    await request(1);
    type("a line");
    await request(2);
    type("2");
    expect(await request(3)).toEqual({ prompt: "secret: ", password: true });
    type("pass");
    const { stdout } = await runtime.supervisor.done(exec);
    expect(stdout).toContain('got Zoë \n[1] "a line"\n');
    expect(stdout).toContain("[1] 2\n");
    expect(dataOf(runtime.supervisor.events(exec), "result")).toMatchObject({ data: { "text/plain": '[1] "pass"' } });
  });

  test("a cancelled question ends the cell, or the input", async () => {
    const exec = runtime.start('readline("name? "); cat("never")');
    await runtime.hears(exec, "stdin_request");
    runtime.supervisor.send({ op: "input_cancel", exec });
    expect((await runtime.supervisor.done(exec)).names).toEqual(["start", "stdin_request", "error", "done"]);
    const lines = runtime.start('length(readLines("stdin"))');
    await runtime.hears(lines, "stdin_request");
    runtime.supervisor.send({ op: "input_cancel", exec: lines });
    await runtime.supervisor.done(lines);
    expect(dataOf(runtime.supervisor.events(lines), "result")).toMatchObject({ data: { "text/plain": "[1] 0" } });
  });

  test("what children print arrives as what it is", async () => {
    const { stdout, stderr } = await runtime.run('system("echo out; echo err >&2"); invisible(system2("echo", "two"))');
    expect({ stdout, stderr }).toEqual({ stdout: "out\ntwo\n", stderr: "err\n" });
  });

  test("clear_output and display stand where they were called", async () => {
    const { names } = await runtime.run("for (i in 1:20) { clear_output(); print(i); display(i) }");
    expect(names.slice(1, -1)).toEqual(Array.from({ length: 20 }, () => ["clear", "stdout", "display"]).flat());
  });
});

describeImage("the R kernel's questions", () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = new Runtime(SESSION);
    await runtime.run(`
answer <- 42
nested <- list(a = list(1, list(b = "deep")), c = 1:3, 5)
frame <- data.frame(x = 1:1000, y = "é", day = as.Date("2024-01-01") + 0:999)
frame$x[1000] <- NA
grid <- matrix(1:6 / 2, 2)
big <- matrix(0, 1000, 1000)
setClass("Place", representation(x = "numeric", names = "list"))
place <- new("Place", x = 1, names = list("here"))
room <- new.env()
room$key <- "k"
room$open <- function(door = 1) door
makeActiveBinding("rude", function() { answer <<- 0; stop("ran") }, room)
makeActiveBinding("rude", function() { answer <<- 0; stop("ran") }, globalenv())
format.odd <- length.odd <- print.odd <- function(x, ...) { answer <<- 0; stop("ran") }
odd <- structure(list(1, 2), class = "odd")
area <- function(width, height = 2) {
  # The size.
  width * height
}
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
      answer: { type: "numeric", value: "42", dtype: "double", expandable: false },
      frame: { type: "data.frame", shape: [1000, 3], keys: ["x", "y", "day"], length: 1000, expandable: true },
      big: { type: "matrix", shape: [1000, 1000], size: 8_000_048 },
      place: { type: "Place", expandable: true },
      rude: { value: "<active binding>" },
      odd: { type: "odd", length: 2 },
      area: { type: "function", value: "function(width, height = 2)" },
    });
    expect((await runtime.run("cat(answer)")).stdout).toBe("42");
  });

  test("a table is read from any column on, and sorted by one, with missing values last", async () => {
    await runtime.run(
      "wide <- as.data.frame(matrix(1:900, nrow = 3))\n" +
        'waves <- data.frame(n = c(2, NA, 1, 2), t = c("b", "é", NA, "a")); waves$l <- list(1, 2, 3, 4)\n' +
        "tall <- matrix(as.numeric(1:1e7), ncol = 10)",
    );
    const table = async (name: string, more: object) => {
      const answer = await runtime.ask("variable", { name, path: [], offset: 0, limit: 10, ...more });
      return answer.table as { columns: { name: string }[]; index: string[]; rows: string[][]; firstColumn: number };
    };
    const end = await table("wide", { column: 290 });
    expect(end).toMatchObject({ firstColumn: 290, sort: null });
    expect(end.columns.map(({ name }) => name)).toEqual(Array.from({ length: 10 }, (_, i) => `V${291 + i}`));
    expect(end.rows[0]?.[0]).toBe("871");
    const order = async (name: string, column: number, descending: boolean) =>
      (await table(name, { sort: { column, descending } })).index.join("");
    expect(await order("waves", 0, false)).toBe("3142");
    expect(await order("waves", 0, true)).toBe("1432");
    expect(await order("waves", 1, false)).toBe("4123");
    await expect(order("waves", 2, false)).rejects.toThrow("no order of their own");
    await expect(order("waves", 3, false)).rejects.toThrow();
    const begun = performance.now();
    expect((await table("tall", { offset: 999_998 })).rows.map(([first]) => first)).toEqual(["999999", "1e+06"]);
    // With a copy of each column it takes a second and more.
    expect(performance.now() - begun).toBeLessThan(500);
  });
  test("a data frame is read by pages, and its columns are the way inwards", async () => {
    const page = await variable("frame", [], 990, 20);
    expect(page).toMatchObject({
      table: {
        columns: [
          { name: "x", dtype: "integer" },
          { name: "y", dtype: "character" },
          { name: "day", dtype: "Date" },
        ],
        index: expect.arrayContaining(["991", "1000"]),
      },
      count: 1000,
      truncated: false,
    });
    const { rows } = page.table as { rows: string[][] };
    expect(rows).toHaveLength(10);
    expect(rows.slice(-2)).toEqual([
      ["999", "é", "2026-09-25"],
      [null, "é", "2026-09-26"],
    ]);
    expect(await variable("frame", ["day"], 998, 5)).toMatchObject({
      type: "Date",
      count: 1000,
      children: [
        { name: "999", value: "2026-09-25" },
        { name: "1000", type: "Date" },
      ],
    });
  });

  test("lists, matrices, slots and environments are read too", async () => {
    expect(await variable("nested", ["a", "2", "b"])).toMatchObject({ type: "character", fullValue: "deep" });
    expect(await variable("nested", [], 1, 1)).toMatchObject({ children: [{ name: "c" }], count: 3, truncated: true });
    expect(await variable("grid")).toMatchObject({
      table: {
        rows: [
          ["0.5", "1.5", "2.5"],
          ["1", "2", "3"],
        ],
      },
      count: 2,
      children: [{ name: "1" }, { name: "2" }, { name: "3" }],
    });
    expect(await variable("place", ["names"])).toMatchObject({ children: [{ name: "1", value: '"here"' }] });
    expect(await variable("room")).toMatchObject({
      children: [{ name: "key", value: '"k"' }, { name: "open" }, { name: "rude", value: "<active binding>" }],
      methods: ["open"],
    });
    await expect(variable("nested", ["nothing"])).rejects.toThrow("there is no 'nothing' in it");
    await expect(variable("nothing")).rejects.toThrow("no variable nothing");
  });

  test("completion knows variables, members, packages and arguments, and counts as the protocol does", async () => {
    const complete = (code: string) => runtime.ask("complete", { code, cursor: code.length });
    expect(await complete('"🎈"; answe')).toMatchObject({
      matches: [{ label: "answer", kind: "variable", type: "numeric", valuePreview: "42" }],
      cursorStart: 6,
      cursorEnd: 11,
    });
    expect(await complete("frame$d")).toMatchObject({ matches: [{ label: "day", type: "Date" }], cursorStart: 6 });
    expect((await complete("place@")).matches).toMatchObject([{ label: "x" }, { label: "names" }]);
    expect((await complete("room$")).matches).toMatchObject([
      { label: "key" },
      { label: "open", kind: "method", detail: "open(door = 1)" },
      { label: "rude" },
    ]);
    expect(await complete("stats::media")).toMatchObject({
      matches: expect.arrayContaining([expect.objectContaining({ label: "median", kind: "function" })]),
      cursorStart: 7,
    });
    expect((await complete("# don't\narea(1,\n  hei")).matches).toMatchObject([{ label: "height", kind: "field" }]);
  });

  test("inspection has the signature, then the documentation, then the source", async () => {
    const inspect = (code: string, detail: number) => runtime.ask("inspect", { code, cursor: code.length, detail });
    expect(await inspect("area(1, ", 0)).toMatchObject({
      found: true,
      name: "area",
      signature: "area(width, height = 2)",
      sourceCode: null,
    });
    expect(await inspect("area", 2)).toMatchObject({
      sourceCode: expect.stringContaining("# The size."),
      docstring: null,
    });
    expect(await inspect("median", 1)).toMatchObject({ docstring: expect.stringContaining("Median Value") });
    expect(await inspect("nothing", 0)).toMatchObject({ found: false });
  });

  test("hover tells the part that the cursor touches", async () => {
    const code = "x <- nested$c + 1";
    expect(await runtime.ask("hover", { code, cursor: 13 })).toMatchObject({ name: "nested$c", value: "c(1, 2, 3)" });
    expect(await runtime.ask("hover", { code, cursor: 7 })).toMatchObject({ name: "nested", type: "list" });
    expect(await runtime.ask("hover", { code: "stats::sd(1)", cursor: 8 })).toMatchObject({
      signature: "stats::sd(x, na.rm = FALSE)",
    });
  });

  test("unfinished code is told from wrong code", async () => {
    expect(await runtime.ask("is_complete", { code: "f <- function(x) {" })).toMatchObject({ status: "incomplete" });
    expect(await runtime.ask("is_complete", { code: 'x <- "open' })).toMatchObject({ status: "incomplete" });
    expect(await runtime.ask("is_complete", { code: "1 +* 2" })).toMatchObject({ status: "invalid" });
    expect(await runtime.ask("is_complete", { code: "1 + 2" })).toMatchObject({ status: "complete" });
  });

  test("while a cell runs, the variables are those that it began with", async () => {
    const exec = runtime.start("answer <- 43; Sys.sleep(100)");
    await runtime.hears(exec, "start");
    const { variables, source } = await runtime.ask("variables", {});
    expect(source).toBe("snapshot");
    expect(variables).toContainEqual(expect.objectContaining({ name: "answer", value: "42" }));
    runtime.supervisor.send({ op: "interrupt", session: SESSION });
    await runtime.supervisor.done(exec);
  });
});

describeImage("the R kernel is given what it does not expect", () => {
  let runtime: Runtime;
  beforeAll(() => {
    runtime = new Runtime(SESSION);
  });
  afterAll(() => runtime.close());

  /** The next cell works, and its output is its own. */
  const goesOn = async () => expect((await runtime.run('cat("next\\n")')).stdout).toBe("next\n");

  test("text that is no valid UTF-8, in values, names, messages and questions", async () => {
    const { events, status } = await runtime.run(
      'bad <- "\\xff("; names(bad) <- bad; bytes <- "\\xc3"; Encoding(bytes) <- "bytes"\ndata.frame(bad, bytes)\nmessage(bad)\nstop(bad)',
    );
    expect(status).toBe("failed");
    expect(dataOf(events, "error")).toMatchObject({ message: expect.stringContaining("(") });
    await runtime.ask("variable", { name: "bad", path: [], offset: 0, limit: 10 });
    await runtime.ask("variables", {});
    await runtime.run("rm(list = ls(all.names = TRUE))");
    await goesOn();
  });

  test("half a surrogate pair and a NUL in its code", async () => {
    await runtime.run('"\\ud83c" # \0');
    await runtime.ask("complete", { code: "\ud83c me", cursor: 4 });
    await goesOn();
  });

  test("ends: it is said, and the next cell has a fresh session", async () => {
    const { events } = await runtime.run("gone <- 1; q(status = 3)");
    expect(dataOf(events, "error")).toMatchObject({
      type: "KernelDied",
      message: expect.stringContaining("exit status 3"),
    });
    expect((await runtime.run('cat(exists("gone"))')).stdout).toBe("FALSE");
  });

  test("closes all connections, leaves a sink open, and forks", async () => {
    await runtime.run('x <- textConnection("a"); closeAllConnections()');
    await goesOn();
    await runtime.run('sink("/dev/null"); cat("lost")');
    expect((await runtime.run('sink(); cat("found")')).stdout).toBe("found");
    const { stdout } = await runtime.run('invisible(parallel::mclapply(1:2, function(i) cat("child\\n")))');
    expect(stdout).toBe("child\nchild\n");
    await goesOn();
  });

  test("a result that is too long for a reader is cut", async () => {
    const { events } = await runtime.run('strrep("x", 2e7)');
    expect(JSON.stringify(events).length).toBeLessThan(300_000);
    expect(JSON.stringify(events)).toContain("characters left out");
    await goesOn();
  });

  test("a thousand warnings are not all shown", async () => {
    const { stderr } = await runtime.run("for (i in 1:1000) warning(i)");
    expect(stderr.match(/Warning message/g)).toHaveLength(50);
    expect(stderr).toMatch(/not shown\.\n$/);
  });
});
