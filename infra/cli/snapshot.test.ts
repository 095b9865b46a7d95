import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SnapshotState } from "../../shared/daemon/contract.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import { UsageFault } from "./command.ts";
import { command } from "./snapshot.ts";
import { type Asked, FakeEdge, listenToOutput } from "./testing/fake-edge.ts";

const PROJECT = "9d1f7f1e-6c55-4e0e-8f4e-0b7d2a6c1e55";
const PERSON = "0b9dc9b5-8e9f-4d2a-9a53-0d1b8a3f7c12";
const FIRST = "3f0c1a52-58d4-4d25-9be2-0c5f3c1f6a10";
const SECOND = "5b2a4d0e-7a63-4d0a-8f0c-2f6f1f8a9b11";
const AT = `/api/projects/${PROJECT}/runtime/snapshots`;

let edge: FakeEdge;
let snapshots: SnapshotState[];
/** What the platform answers to all but the lists. */
let answer: (asked: Asked) => Response;

const snapshot = (changes: Partial<SnapshotState> = {}): SnapshotState => ({
  id: FIRST,
  name: "fitted",
  bytes: 300 * 1024 * 1024,
  tier: "local",
  created: "2027-03-01T10:00:59.000Z",
  madeBy: PERSON,
  shared: false,
  problem: null,
  ...changes,
});

beforeEach(async () => {
  edge = await FakeEdge.start();
  snapshots = [snapshot()];
  answer = () => Response.json(snapshot());
  edge.hasProject(PROJECT, (asked) => {
    if (asked.line === `GET ${AT}`)
      return Response.json({ snapshots, usedBytes: 300 * 1024 * 1024, quotaBytes: 10 * 1024 ** 3 });
    return answer(asked);
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await edge.stop();
});

const done = () => edge.changesAt(AT);

test("without a name they are listed, with what is wrong with them and how much room is left", async () => {
  snapshots = [
    snapshot(),
    snapshot({ id: SECOND, name: "\u001b[31mred\n", shared: true, problem: "its CPU is not to be had any more" }),
  ];
  const said = listenToOutput();
  expect(await command.run(["thesis"])).toBe(0);
  expect(said.stdout.split("\n")).toEqual([
    "fitted  300 MB  local  2027-03-01 10:00 UTC",
    "�[31mred�  300 MB  local  2027-03-01 10:00 UTC  shared  can't be restored: its CPU is not to be had any more",
    "300 MB of 10240 MB used",
    "",
  ]);
  expect(done()).toEqual([]);
});

test("with a name what runs is kept, under an id that makes asking twice harmless", async () => {
  const said = listenToOutput();
  expect(await command.run(["thesis", "fitted"])).toBe(0);
  expect(done()).toEqual([["POST ", { name: "fitted", snapshotId: expect.stringMatching(/^[0-9a-f-]{36}$/) }]]);
  expect(said.stdout).toBe("fitted: 300 MB kept\n");
});

test("one is restored, shared and no longer shared, and deleted by its name", async () => {
  const said = listenToOutput();
  answer = () => Response.json({ id: PROJECT, epoch: 2, state: "running", tier: "local", reason: null });
  expect(await command.run(["thesis", "--restore", "fitted"])).toBe(0);
  answer = ({ body }) => Response.json(snapshot({ shared: JSON.parse(body.toString()).shared }));
  expect(await command.run(["thesis", "--share", "fitted"])).toBe(0);
  expect(await command.run(["thesis", "--unshare", "fitted"])).toBe(0);
  answer = () => Response.json({});
  expect(await command.run(["thesis", "--delete", "fitted"])).toBe(0);
  expect(done()).toEqual([
    [`POST /${FIRST}/restore`, null],
    [`POST /${FIRST}/share`, { shared: true }],
    [`POST /${FIRST}/share`, { shared: false }],
    [`DELETE /${FIRST}`, null],
  ]);
  expect(said.stdout).toBe(
    "fitted: the runtime is running\nfitted is shared\nfitted is no longer shared\nfitted is deleted\n",
  );
});

test("--json prints what the platform answers, on one line", async () => {
  const said = listenToOutput();
  await command.run(["thesis", "--json"]);
  expect(JSON.parse(said.stdout)).toMatchObject({ snapshots: [{ id: FIRST, name: "fitted" }] });
  said.stdout = "";
  await command.run(["thesis", "fitted", "--json"]);
  expect(said.stdout).toBe(`${JSON.stringify(snapshot())}\n`);
});

test("a name of several needs the id, and one that nothing has is named", async () => {
  snapshots = [snapshot(), snapshot({ id: SECOND, shared: true })];
  listenToOutput();
  await expect(command.run(["thesis", "--delete", "fitted"])).rejects.toThrow(`${SECOND} (2027-03-01 10:00 UTC)`);
  await expect(command.run(["thesis", "--restore", "nothing"])).rejects.toThrow('no snapshot "nothing"');
  expect(done()).toEqual([]);
  await command.run(["thesis", "--delete", SECOND]);
  expect(done()).toEqual([[`DELETE /${SECOND}`, null]]);
});

test("what the platform refuses fails in its words", async () => {
  const refusal = new Fault("limit", "the project's snapshots have no room for 300 MB more");
  answer = () => Response.json(refusal.toBody(), { status: refusal.status });
  listenToOutput();
  await expect(command.run(["thesis", "fitted"])).rejects.toThrow(refusal.message);
});

test.each([
  [[]],
  [["thesis", "a", "b"]],
  [["thesis", " "]],
  [["thesis", "x".repeat(81)]],
  [["thesis", "a", "--restore", "b"]],
  [["thesis", "--share", "a", "--unshare", "a"]],
])("%j is wrong usage, and nothing is asked", async (args) => {
  await expect(command.run(args)).rejects.toThrow(UsageFault);
  expect(edge.asked).toEqual([]);
});
