import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RunLine } from "../../shared/editor/run-lines.ts";
import { UsageFault } from "./command.ts";
import { command } from "./run.ts";
import { FakeEdge, listenToOutput } from "./testing/fake-edge.ts";

const PROJECT = "9d1f7f1e-6c55-4e0e-8f4e-0b7d2a6c1e55";
const OTHER = "0b9dc9b5-8e9f-4d2a-9a53-0d1b8a3f7c12";

let edge: FakeEdge;
/** What the editor server says, by document. Cut anywhere: chunks of a stream don't end where lines do. */
let says: (path: string) => RunLine[];
let breaksOff: boolean;

const site = { published: false, url: null, visibility: null, version: 0, pages: 0, problem: null, unreachable: [] };
const listed = (projectId: string, handle: string, slug: string) => ({
  projectId,
  slug,
  owner: { handle },
  role: "owner",
  site,
});

beforeEach(async () => {
  edge = await FakeEdge.start();
  breaksOff = false;
  edge.answers = ({ line, body }) => {
    if (line === "GET /api/projects")
      return Response.json({
        projects: [
          listed(PROJECT, "demo", "thesis"),
          listed(PROJECT, "demo", "twice"),
          listed(OTHER, "alice", "twice"),
        ],
      });
    if (line === `GET /api/projects/${PROJECT}`)
      return Response.json({
        projectId: PROJECT,
        owner: { userId: OTHER, handle: "demo" },
        slug: "thesis",
        files: ["02-b.md", "01-a.md", "10-c.md", "_drafts/d.md", "mrmd.md"].map((path) => ({ path, bytes: 1 })),
        site,
        runtime: null,
        role: "owner",
      });
    const { path } = JSON.parse(body.toString());
    return new Response(inPieces(says(path), breaksOff));
  };
});
afterEach(async () => {
  vi.restoreAllMocks();
  await edge.stop();
});

function inPieces(lines: readonly RunLine[], breaks: boolean): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.length) {
        controller.enqueue(bytes.slice(at, at + 7));
        at += 7;
      } else if (breaks) controller.error(new Error("broken"));
      else controller.close();
    },
  });
}

const summary = (path: string, failed = 0): RunLine => ({
  type: "summary",
  path,
  cells: 1,
  completed: 1 - failed,
  failed,
  cancelled: 0,
});
const ran = () =>
  edge.asked.filter(({ line }) => line.endsWith("/editor/run")).map(({ body }) => JSON.parse(body.toString()));

test("output goes where the program printed it, byte for byte; what is said about cells goes to stderr", async () => {
  says = (path) => [
    { type: "cell", cell: 1, line: 3, status: "running" },
    { type: "output", cell: 1, stream: "stdout", text: "größe\r50%" },
    { type: "output", cell: 1, stream: "stderr", text: "careful\n" },
    { type: "asset", cell: 1, path: "_assets/generated/a.png" },
    { type: "cell", cell: 1, line: 3, status: "completed" },
    summary(path),
  ];
  const said = listenToOutput();
  expect(await command.run(["thesis/04-ma.md", "--cell", "1"])).toBe(0);
  expect(ran()).toEqual([{ path: "04-ma.md", cell: 1, which: "this", session: null, keepGoing: false }]);
  expect(said.stdout).toBe("größe\r50%[_assets/generated/a.png]\n");
  expect(said.stderr).toBe("04-ma.md:3: cell 1\ncareful\n04-ma.md: 1 of 1 cells completed, 0 failed\n");
});

test("which cells, in which session, and whether to go on are said by options", async () => {
  says = (path) => [summary(path)];
  listenToOutput();
  await command.run(["thesis/a.md", "--cell", "3", "--below", "--session", "scratch", "--keep-going"]);
  await command.run(["thesis/a.md", "--stale", "--restart"]);
  expect(ran()).toEqual([
    { path: "a.md", cell: 3, which: "below", session: "scratch", keepGoing: true },
    { path: "a.md", cell: null, which: "stale", session: null, keepGoing: false },
  ]);
  expect(edge.asked.map(({ line }) => line)).toContain(`POST /api/projects/${PROJECT}/editor/restart`);
});

test.each([
  [["thesis/a.md", "--above"], "--above needs --cell"],
  [["thesis/a.md", "--cell", "2", "--above", "--below"], "--above and --below exclude each other"],
  [["thesis/a.md", "--cell", "2", "--stale"], "leave --cell out"],
])("%j is refused before anything runs", async (args, message) => {
  await expect(command.run(args)).rejects.toThrow(message);
  expect(ran()).toEqual([]);
});

test("a failed cell gives exit status 1 and its traceback", async () => {
  says = (path) => [
    { type: "error", cell: 1, message: "NameError: x", traceback: "Traceback …\nNameError: x" },
    { type: "cell", cell: 1, line: 3, status: "failed" },
    summary(path, 1),
  ];
  const said = listenToOutput();
  expect(await command.run(["thesis/a.md"])).toBe(1);
  expect(said.stderr).toContain("NameError: x\n");
});

test("a project runs all its pages in reading order, and fails if one of them does", async () => {
  says = (path) => [summary(path, path === "01-a.md" ? 1 : 0)];
  const said = listenToOutput();
  expect(await command.run(["thesis", "--json"])).toBe(1);
  expect(ran().map(({ path }) => path)).toEqual(["01-a.md", "02-b.md", "10-c.md"]);
  expect(JSON.parse(said.stdout.trim().split("\n").at(-1) ?? "")).toMatchObject({ type: "summary", path: "10-c.md" });
});

test.each([true, false])("a lost connection (by an error: %s) is told from a run that ended", async (byError) => {
  breaksOff = byError;
  says = () => [{ type: "output", cell: 1, stream: "stdout", text: "half" }];
  listenToOutput();
  await expect(command.run(["thesis/a.md"])).rejects.toThrow("a.md runs on");
});

test("a name that several projects have needs its owner, and one that none has is named", async () => {
  says = (path) => [summary(path)];
  listenToOutput();
  await expect(command.run(["twice/a.md"])).rejects.toThrow("write @owner/twice");
  expect(await command.run(["@alice/twice/sub/a.md"])).toBe(0);
  expect(edge.asked.at(-1)?.line).toBe(`POST /api/projects/${OTHER}/editor/run`);
  await expect(command.run(["nothing"])).rejects.toThrow('no project "nothing"');
});

test.each([[[]], [["thesis", "--cell", "1"]], [["thesis/a.md", "--cell", "0"]], [["a", "b"]]])(
  "%j is wrong usage, and nothing is asked",
  async (args) => {
    await expect(command.run(args)).rejects.toThrow(UsageFault);
    expect(edge.asked).toEqual([]);
  },
);
