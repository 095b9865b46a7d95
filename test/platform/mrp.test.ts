/** The runtime protocol over the wire, as any client speaks it: each endpoint of formats.md §4, and what markco adds. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { WebSocket } from "ws";
import { readEvents, type StreamEvent } from "../../shared/mrp/event-stream.ts";
import { api, credentials, eventually, markco } from "./platform.ts";
import { openTerminal } from "./terminal.ts";

const place = inject("platform");
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

let door = "";
let projectId = "";
let count = 0;
const newId = () => `wire-test-${++count}`;

beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), "mrp-"));
  await writeFile(join(root, "mrmd.md"), "# Wire\n");
  const imported = await markco(place, "import", root, "--name", "wire", "--json");
  projectId = JSON.parse(imported.stdout).projectId;
  door = `/api/projects/${projectId}/mrp/v1`;
});

async function get(path: string) {
  const response = await api(place, `${door}/${path}`);
  return { status: response.status, body: await response.json() };
}
async function post(path: string, body: object, method = "POST") {
  const response = await api(place, `${door}/${path}`, {
    method,
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
  return { status: response.status, body: await response.json() };
}
const execute = async (code: string, more: object = {}) =>
  (await post("execute", { code, session: "wire:default", ...more })).body;

async function* stream(path: string, body?: object): AsyncGenerator<StreamEvent> {
  const headers = { "content-type": "application/json" };
  const response = await api(
    place,
    `${door}/${path}`,
    body ? { method: "POST", body: JSON.stringify(body), headers } : {},
  );
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  if (response.body) yield* readEvents(response.body);
}
async function all(events: AsyncIterable<StreamEvent>) {
  const found: { seq: number; event: string; data: Record<string, unknown> }[] = [];
  for await (const { id, event, data } of events) found.push({ seq: Number(id), event, data: JSON.parse(data) });
  return found;
}

test("GET /capabilities", async () => {
  expect((await get("capabilities")).body).toMatchObject({
    runtime: "markco",
    version: expect.any(String),
    languages: expect.arrayContaining(["python", "r", "bash", "javascript"]),
    features: {
      execute: true,
      executeStream: true,
      interrupt: true,
      complete: true,
      inspect: true,
      hover: true,
      variables: true,
    },
    defaultSession: "wire:default",
    environment: { cwd: "/project", virtualenv: null },
  });
});

test("sessions: POST, GET, GET by id, reset, DELETE; languages have their own names", async () => {
  expect((await get("sessions")).body).toEqual({ sessions: [] });
  const made = (await post("sessions", { id: "wire:side" })).body;
  expect(made).toMatchObject({ id: "wire:side", language: "python", state: "idle", executionCount: 0 });
  expect(Date.parse(made.created)).not.toBeNaN();
  expect((await post("sessions", { language: "bash", name: "side" })).body).toMatchObject({ id: "wire:bash:side" });
  expect((await get("sessions")).body.sessions.map(({ id }: { id: string }) => id)).toEqual([
    "wire:side",
    "wire:bash:side",
  ]);
  await execute("x = 1", { session: "wire:side" });
  expect((await get("sessions/wire:side")).body).toMatchObject({
    executionCount: 1,
    variableCount: expect.any(Number),
  });
  expect((await post("sessions/wire:side/reset", {})).body).toEqual({ reset: true });
  expect((await execute("x", { session: "wire:side" })).error.type).toBe("NameError");
  expect((await post("sessions/wire:side", {}, "DELETE")).body).toEqual({ deleted: true });
  expect((await get("sessions/wire:side")).status).toBe(404);
  expect((await post("execute", { code: "1", session: "other:default" })).status).toBe(400);
});

describe("POST /execute", () => {
  test("answers with everything at once", async () => {
    const code = "import sys, math\nprint('out'); print('err', file=sys.stderr)\ndisplay(1)\n6 * 7";
    expect(await execute(code)).toEqual({
      success: true,
      stdout: "out\n",
      stderr: "err\n",
      result: "42",
      error: null,
      displayData: [{ data: { "text/plain": "1" }, metadata: {}, displayId: null, update: false }],
      assets: [],
      executionCount: expect.any(Number),
      duration: expect.any(Number),
      imports: ["sys", "math"],
    });
  });
  test("says what failed, and where", async () => {
    expect(await execute("1\n2\nraise ValueError('no')")).toMatchObject({
      success: false,
      error: {
        type: "ValueError",
        message: "no",
        line: 3,
        traceback: expect.arrayContaining([expect.stringContaining("ValueError: no")]),
      },
    });
  });
  test("keeps no history and shows no result where it is asked to", async () => {
    const quiet = await execute("99", { silent: true, storeHistory: false });
    expect(quiet).toMatchObject({ success: true, result: null, executionCount: null });
    expect((await post("history", { session: "wire:default", limit: 1 })).body.entries[0].code).not.toBe("99");
  });
  test("puts figures into files, which GET /assets has", async () => {
    const code = `from IPython.display import Image\nimport base64\nImage(base64.b64decode("${PNG}"))`;
    const { assets } = await execute(code, { assetDir: "_assets/generated" });
    expect(assets).toMatchObject([
      {
        path: expect.stringMatching(/^_assets\/generated\/\w{12}\.png$/),
        mimeType: "image/png",
        assetType: "image",
        size: 70,
      },
    ]);
    const asset = await api(place, door.replace("/mrp/v1", "") + assets[0].url);
    expect(asset.headers.get("content-type")).toBe("image/png");
    expect(Buffer.from(await asset.arrayBuffer()).toString("base64")).toBe(PNG);
    expect((await get("assets/..%2F..%2Fetc%2Fpasswd")).status).toBe(400);
    expect((await post("execute", { code: "1", session: "wire:default", assetDir: "../x" })).status).toBe(400);
  });
});

describe("POST /execute/stream", () => {
  test("has each event as it comes, with the text so far", async () => {
    const events = await all(
      stream("execute/stream", { code: "print('a'); display(1); print('b'); 2", session: "wire:default" }),
    );
    expect(events.map(({ event }) => event)).toEqual(["start", "stdout", "display", "stdout", "result", "done"]);
    expect(events[1]?.data).toEqual({ content: "a\n", accumulated: "a\n" });
    expect(events[3]?.data).toEqual({ content: "b\n", accumulated: "a\nb\n" });
    expect(events[4]?.data).toMatchObject({ data: { "text/plain": "2" }, result: "2" });
    expect(events[5]?.data).toMatchObject({ success: true, status: "completed" });
    expect(events.map(({ seq }) => seq)).toEqual(events.map(({ seq }) => seq).sort((a, b) => a - b));
  });
  test("asks for input, which POST /input gives and POST /input/cancel refuses", async () => {
    const code =
      "import getpass\nname = input('name? ')\nword = getpass.getpass('word? ')\nprint(name, len(word))\ninput()";
    const heard: StreamEvent[] = [];
    for await (const event of stream("execute/stream", { code, session: "wire:default" })) {
      heard.push(event);
      if (event.event !== "stdin_request") continue;
      const { exec_id, prompt, password } = JSON.parse(event.data);
      expect([prompt, password]).toEqual(
        [
          ["name? ", false],
          ["word? ", true],
          ["", false],
        ][heard.filter((one) => one.event === "stdin_request").length - 1],
      );
      const answered =
        prompt === ""
          ? await post("input/cancel", { session: "wire:default", exec_id })
          : await post("input", { session: "wire:default", exec_id, text: "Zoë" });
      expect(answered.body).toEqual({ accepted: true });
    }
    expect(
      heard
        .filter(({ event }) => event === "stdout")
        .map(({ data }) => JSON.parse(data).content)
        .join(""),
    ).toContain("Zoë 3\n");
    expect(JSON.parse(heard.at(-1)?.data ?? "{}")).toMatchObject({ success: false });
  });
});

describe.each([
  ["python", "while True: pass"],
  ["bash", "while :; do sleep 10; done"],
  ["javascript", "for (;;) {}"],
  ["r", "while (TRUE) Sys.sleep(0.1)"],
])("in %s", (language, endless) => {
  const session = language === "python" ? "wire:default" : `wire:${language}:default`;
  test("interrupt and streaming were reported as supported and did nothing (R, Julia): output comes while the cell runs, and POST /interrupt ends it", async () => {
    const first = {
      python: "print('first')",
      bash: "echo first",
      javascript: "console.log('first')",
      r: "cat('first\\n')",
    }[language];
    const names: string[] = [];
    for await (const { event } of stream("execute/stream", { code: `${first}\n${endless}`, session })) {
      names.push(event);
      if (event === "stdout") expect((await post("interrupt", { session })).body).toEqual({ interrupted: true });
    }
    expect(names.slice(0, 2)).toEqual(["start", "stdout"]);
    expect(names.at(-1)).toBe("done");
    expect((await post("interrupt", { session })).body).toEqual({ interrupted: false });
  });
  test("`markco mrp` runs code, and its exit status says how it went", async () => {
    const [good, bad] = {
      python: ["print(6*7)", "1/0"],
      bash: ["echo $((6*7))", "false"],
      javascript: ["console.log(6*7)", "x.y"],
      r: ["cat(6*7, '\\n')", "stop('no')"],
    }[language] ?? ["", ""];
    expect(await markco(place, "mrp", "wire", good ?? "", "--language", language)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^42 ?\n$/),
    });
    expect((await markco(place, "mrp", "wire", bad ?? "", "--language", language)).status).toBe(1);
  });
});

test("an execution is a resource: made once, replayed from any event, followed over SSE and WebSocket", async () => {
  const execId = newId();
  const request = {
    execId,
    session: "wire:default",
    code: "import time\nprint('once', flush=True); time.sleep(0.3); print('twice')",
  };
  expect(await post("executions", request)).toMatchObject({
    status: 202,
    body: { executionId: execId, status: expect.stringMatching(/queued|working/) },
  });
  expect((await post("executions", request)).body.executionId).toBe(execId);
  const { url, token } = await credentials(place);
  const socket = new WebSocket(`${url.replace("http", "ws")}${door}/executions/${execId}/events`, {
    headers: { authorization: `Bearer ${token}`, origin: url },
  });
  const messages: { seq: number; event: string; data: unknown }[] = [];
  socket.on("message", (data) => messages.push(JSON.parse(data.toString())));
  const [events] = await Promise.all([
    all(stream(`executions/${execId}/events`)),
    new Promise((resolve) => socket.once("close", resolve)),
  ]);
  expect(
    events
      .filter(({ event }) => event === "stdout")
      .map(({ data }) => data.content)
      .join(""),
  ).toBe("once\ntwice\n");
  expect(messages).toEqual(events);
  for (const { seq } of events)
    expect(await all(stream(`executions/${execId}/events?after=${seq}`))).toEqual(
      events.filter((event) => event.seq > seq),
    );
  expect((await get(`executions/${execId}`)).body).toEqual({
    executionId: execId,
    session: "wire:default",
    status: "completed",
    currentSeq: events.at(-1)?.seq,
    inputRequest: null,
  });
});

test("an execution that waits is cancelled, one that asks says what", async () => {
  const [busy, waiting] = [newId(), newId()];
  await post("executions", { execId: busy, session: "wire:default", code: "input('who? ')" });
  await post("executions", { execId: waiting, session: "wire:default", code: "print('never')" });
  const state = await eventually("it asks", 10_000, async () => {
    const { body } = await get(`executions/${busy}`);
    return body.status === "input_required" && body;
  });
  expect(state.inputRequest).toEqual({ prompt: "who? ", password: false });
  await post(`executions/${waiting}/cancel`, {});
  await post("input", { session: "wire:default", exec_id: busy, text: "me" });
  expect((await all(stream(`executions/${waiting}/events`))).map(({ event }) => event)).toEqual(["done"]);
  expect((await get(`executions/${waiting}`)).body.status).toBe("cancelled");
});

test("questions: complete, inspect, hover, variables with drill-down, is_complete, format, history", async () => {
  const session = "wire:default";
  await execute(
    "import pandas as pd\nframe = pd.DataFrame({'x': range(300)})\ndef double(n):\n  'Doubles.'\n  return 2 * n",
  );
  expect(
    (await post("complete", { session, code: "frame.hea", cursor: 9, triggerKind: "invoked" })).body,
  ).toMatchObject({
    matches: [
      {
        label: "head",
        insertText: "head",
        kind: expect.any(String),
        detail: expect.any(String),
        valuePreview: null,
        type: "function",
      },
    ],
    cursorStart: 6,
    cursorEnd: 9,
    source: "runtime",
  });
  const inspect = async (detail: number) =>
    (await post("inspect", { session, code: "double", cursor: 3, detail })).body;
  expect(await inspect(0)).toMatchObject({ found: true, signature: "double(n)", docstring: null, sourceCode: null });
  expect(await inspect(1)).toMatchObject({ docstring: "Doubles.", sourceCode: null });
  expect(await inspect(2)).toMatchObject({ sourceCode: expect.stringContaining("return 2 * n") });
  expect((await post("hover", { session, code: "frame", cursor: 2 })).body).toMatchObject({
    found: true,
    type: "DataFrame",
  });
  const { variables, truncated } = (await post("variables", { session })).body;
  expect(truncated).toBe(false);
  expect(variables).toEqual(
    expect.arrayContaining([expect.objectContaining({ name: "frame", shape: [300, 1], expandable: true })]),
  );
  expect((await post("variables/frame", { session, offset: 298, limit: 10 })).body).toMatchObject({
    count: 300,
    table: { columns: [{ name: "x" }], rows: [["298"], ["299"]] },
  });
  expect((await post("variables/frame", { session, path: ["x", "7"] })).body).toMatchObject({
    value: expect.stringContaining("7"),
  });
  expect((await post("is_complete", { session, code: "if x:" })).body).toEqual({
    status: "incomplete",
    indent: "    ",
  });
  expect((await post("format", { session, code: "a=1" })).body).toEqual({ formatted: "a = 1", changed: true });
  const { entries, hasMore } = (await post("history", { session, limit: 2, pattern: "frame" })).body;
  expect(entries.at(-1).code).toContain("pd.DataFrame");
  expect(typeof hasMore).toBe("boolean");
});

test("a busy session answers from what it knew, within the time that one waits for", async () => {
  const session = "wire:default";
  await execute("answer = 42");
  const execId = newId();
  await post("executions", { execId, session, code: "import time; time.sleep(60)" });
  await eventually("it runs", 10_000, async () => (await get(`executions/${execId}`)).body.status === "working");
  expect((await post("complete", { session, code: "answ", cursor: 4 })).body).toMatchObject({
    matches: [{ label: "answer", valuePreview: "42" }],
    source: "snapshot",
  });
  expect((await post("hover", { session, code: "answer", cursor: 2 })).body).toMatchObject({
    found: true,
    value: "42",
    source: "snapshot",
  });
  await post("interrupt", { session });
});

test("a question to a session that has not started is answered with nothing", async () => {
  const session = "wire:nobody";
  expect((await post("complete", { session, code: "a", cursor: 1 })).body).toMatchObject({ matches: [] });
  expect((await post("variables", { session })).body).toMatchObject({ variables: [], count: 0 });
  expect((await post("hover", { session, code: "a", cursor: 1 })).body).toMatchObject({ found: false });
});

test.each([
  ["execute", { session: "wire:default" }, /"code"/],
  ["execute", { code: 1, session: "wire:default" }, /"code"/],
  ["execute", { code: "1", session: "wire:default", execId: "x" }, /"execId"/],
  ["complete", { code: "a", cursor: -1, session: "wire:default" }, /"cursor"/],
  ["variables/x", { session: "wire:default", limit: 100_000 }, /"limit"/],
  ["input", { session: "wire:default", exec_id: "no-such-execution", text: "" }, /no such execution/],
])("POST /%s with %j is refused in one sentence", async (path, body, message) => {
  const { status, body: refused } = await post(path, body);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect(refused.error.message).toMatch(message);
});

test("a terminal over WebSocket outlives a reload", async () => {
  const open = () => openTerminal(place, projectId, "main");
  const before = await open();
  await before.shows(/[$#] /);
  before.say({ type: "input", data: "cd /tmp; stty size; kept=Zoë\r" });
  await before.shows(/20 90\r\n/);
  before.close();
  const after = await open();
  await after.shows(/20 90\r\n/);
  after.say({ type: "input", data: "echo $PWD $kept\r" });
  await after.shows(/\/tmp Zoë\r\n/);
  after.close();
  const path = door.replace("mrp/v1", "terminals");
  expect(await (await api(place, path)).json()).toEqual({ terminals: ["main"] });
  expect((await api(place, `${path}/main`, { method: "DELETE" })).status).toBe(200);
});
