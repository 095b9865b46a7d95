import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SandboxState } from "../../shared/daemon/contract.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import { UsageFault } from "./command.ts";
import { command } from "./fork.ts";
import { type Answers, FakeEdge, listenToOutput } from "./testing/fake-edge.ts";

const PROJECT = "9d1f7f1e-6c55-4e0e-8f4e-0b7d2a6c1e55";
const ID = "3f0c1a52-58d4-4d25-9be2-0c5f3c1f6a10";
const AT = `/api/projects/${PROJECT}/sandboxes`;

let edge: FakeEdge;
let answer: Answers;

const sandbox = (changes: Partial<SandboxState> = {}): SandboxState => ({
  id: ID,
  state: "running",
  tier: "local",
  created: new Date().toISOString(),
  expires: new Date(Date.now() + 41.5 * 60_000).toISOString(),
  reason: null,
  ...changes,
});

beforeEach(async () => {
  edge = await FakeEdge.start();
  answer = () => Response.json(sandbox());
  edge.hasProject(PROJECT, (asked) => answer(asked));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await edge.stop();
});

/** What was asked of the sandboxes: method, the rest of the path, body. */
const done = () =>
  edge.asked
    .slice(1)
    .map(({ line, body }) => [line.replace(AT, ""), body.length === 0 ? null : JSON.parse(body.toString())]);

const event = (seq: number, name: string, data: object) =>
  `id: ${seq}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const end = (seq: number, success: boolean) =>
  event(seq, "done", { success, status: success ? "completed" : "failed", executionCount: 1, duration: 1 });

/** A sandbox that answers each execution with `connections`, one after the other. */
function executes(...connections: string[]): Answers {
  return ({ line }) => (line.includes("/events?") ? new Response(connections.shift() ?? "") : Response.json({}));
}

test("one is made, and its id is all that is printed", async () => {
  const said = listenToOutput();
  expect(await command.run(["thesis"])).toBe(0);
  expect(said.stdout).toBe(`${ID}\n`);
  expect(done()).toEqual([["POST ", { sandboxId: expect.stringMatching(/^[0-9a-f-]{36}$/), minutes: 60 }]]);
  edge.asked.length = 0;
  await command.run(["thesis", "--minutes", "5"]);
  expect(done()).toMatchObject([["POST ", { minutes: 5 }]]);
});

test("one that did not come up is a failure, with its reason", async () => {
  answer = () => Response.json(sandbox({ state: "failed", reason: "the base server has no room for it" }));
  listenToOutput();
  await expect(command.run(["thesis"])).rejects.toThrow("no room for it");
});

test("those that are alive are listed with the time that they have left", async () => {
  const failed = sandbox({ state: "failed", reason: "out of memory" });
  answer = () => Response.json({ sandboxes: [sandbox(), failed] });
  const said = listenToOutput();
  expect(await command.run(["thesis", "--list"])).toBe(0);
  expect(said.stdout).toBe(`${ID}  running  local  ends in 42 min\n${ID}  failed  local  out of memory\n`);
});

test("code runs in the sandbox's own session, and its output goes where it was printed", async () => {
  answer = executes(
    event(1, "stdout", { content: "größe " }) + event(2, "stderr", { content: "careful\n" }),
    event(3, "result", { data: { "text/plain": "42" }, executionCount: 1 }) + end(4, true),
  );
  const said = listenToOutput();
  expect(await command.run(["thesis", ID, "--run", "x", "--language", "r", "--session", "try"])).toBe(0);
  expect(said).toEqual({ stdout: "größe 42\n", stderr: "careful\n" });
  const [[begun, request] = [], ...followed] = done();
  expect(begun).toBe(`POST /${ID}/mrp/v1/executions`);
  expect(request).toMatchObject({ code: "x", session: "thesis:r:try" });
  expect(followed.map(([line]) => line)).toEqual(
    [0, 2].map((after) => `GET /${ID}/mrp/v1/executions/${request.execId}/events?after=${after}`),
  );
});

test("code that fails gives exit status 1 and its traceback", async () => {
  const error = { type: "NameError", message: "x", traceback: ["Traceback …", "NameError: x"] };
  answer = executes(event(1, "error", error) + end(2, false));
  const said = listenToOutput();
  expect(await command.run(["thesis", ID, "--run", "x"])).toBe(1);
  expect(said.stderr).toBe("Traceback …\nNameError: x\n");
});

test("--json prints code's events, one a line, and otherwise what the platform answers", async () => {
  answer = executes(event(1, "stdout", { content: "a" }) + end(2, true));
  const said = listenToOutput();
  await command.run(["thesis", ID, "--run", "x", "--json"]);
  expect(
    said.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).event),
  ).toEqual(["stdout", "done"]);
  said.stdout = "";
  answer = () => Response.json({ sandboxes: [sandbox()] });
  await command.run(["thesis", "--list", "--json"]);
  expect(JSON.parse(said.stdout)).toMatchObject({ sandboxes: [{ id: ID, state: "running" }] });
});

test.each([[["thesis", ID, "--diff"]], [["thesis", "--diff", ID]]])("%j shows what it has changed", async (args) => {
  answer = () =>
    Response.json({
      files: [
        { path: "plots/a.png", change: "added", bytes: 12 },
        { path: "\u001b[2Jx", change: "changed", bytes: 3 },
        { path: "old.csv", change: "removed", bytes: 0 },
      ],
      truncated: true,
    });
  const said = listenToOutput();
  expect(await command.run(args)).toBe(0);
  expect(said.stdout).toBe("added  plots/a.png  12 bytes\nchanged  �[2Jx  3 bytes\nremoved  old.csv\n… and more\n");
  expect(done()).toEqual([[`GET /${ID}/changes`, null]]);
});

test("one is ended by its id", async () => {
  answer = () => Response.json({});
  const said = listenToOutput();
  expect(await command.run(["thesis", ID, "--end"])).toBe(0);
  expect(done()).toEqual([[`DELETE /${ID}`, null]]);
  expect(said.stdout).toBe(`${ID} has ended\n`);
});

test("what the platform refuses fails in its words", async () => {
  const refusal = new Fault("limit", "10 sandboxes are alive; end one first");
  answer = () => Response.json(refusal.toBody(), { status: refusal.status });
  listenToOutput();
  await expect(command.run(["thesis"])).rejects.toThrow(refusal.message);
});

test.each([
  [[], "usage"],
  [["thesis", ID, "x"], "usage"],
  [["thesis", ID], "say what to do with that sandbox"],
  [["thesis", ID, "--list"], "say what to do with that sandbox"],
  [["thesis", "--end"], "by its ID"],
  [["thesis", "first", "--diff"], "by its ID"],
  [["thesis", ID, "--end", "--diff"], "one thing at a time"],
  [["thesis", "--minutes", "0"], "at least one minute"],
  [["thesis", "--minutes", "1441"], "at most 1440 minutes"],
  [["thesis", "--minutes", "soon"], "--minutes soon"],
  [["thesis", ID, "--run", "x", "--language", "cobol"], "--language cobol"],
])("%j is wrong usage, and nothing is asked", async (args, message) => {
  const refused = command.run(args);
  await expect(refused).rejects.toThrow(UsageFault);
  await expect(refused).rejects.toThrow(message);
  expect(edge.asked).toEqual([]);
});
