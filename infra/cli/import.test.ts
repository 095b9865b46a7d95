import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Fault } from "../../shared/daemon/fault.ts";
import { UsageFault } from "./command.ts";
import { command } from "./import.ts";
import { FakeEdge, listenToOutput } from "./testing/fake-edge.ts";

const IMPORT = "3f0c1a52-58d4-4d25-9be2-0c5f3c1f6a10";
const PROJECT = "9d1f7f1e-6c55-4e0e-8f4e-0b7d2a6c1e55";

let edge: FakeEdge;
let root: string;
beforeEach(async () => {
  edge = await FakeEdge.start();
  edge.answers = () => Response.json({ importId: IMPORT, projectId: PROJECT, owner: { handle: "demo" } });
  root = await mkdtemp(join(tmpdir(), "import-"));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await edge.stop();
  await rm(root, { recursive: true });
});

async function write(files: Record<string, string | Uint8Array>): Promise<void> {
  for (const [path, content] of Object.entries({ "mrmd.md": "# Thesis\n", ...files })) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

const lines = () => edge.asked.map(({ line }) => line);

test("a folder is announced, sent file by file with what it announced, and committed", async () => {
  await write({ "01-größe & co.md": "# Größe\n", "_assets/plot.png": Uint8Array.of(0x89, 0xff, 0) });
  const said = listenToOutput();
  expect(await command.run([root, "--name", "thesis"])).toBe(0);
  expect(said.stdout).toBe(`imported thesis (3 files) → ${edge.url}/edit/@demo/thesis\n`);
  const { name, files } = JSON.parse(edge.asked[0]?.body.toString() ?? "");
  expect([name, files.map(({ path, bytes }: { path: string; bytes: number }) => [path, bytes])]).toEqual([
    "thesis",
    [
      ["01-größe & co.md", 10],
      ["_assets/plot.png", 3],
      ["mrmd.md", 9],
    ],
  ]);
  expect(lines().slice(1, -1).toSorted()).toEqual([
    `PUT /api/imports/${IMPORT}/file?path=01-gr%C3%B6%C3%9Fe%20%26%20co.md`,
    `PUT /api/imports/${IMPORT}/file?path=_assets%2Fplot.png`,
    `PUT /api/imports/${IMPORT}/file?path=mrmd.md`,
  ]);
  expect(edge.asked.find(({ line }) => line.endsWith("plot.png"))?.body).toEqual(Buffer.of(0x89, 0xff, 0));
  expect(lines().at(-1)).toBe(`POST /api/imports/${IMPORT}/commit`);
  expect(edge.asked.every(({ authorization }) => authorization === "Bearer a-token")).toBe(true);
});

test("what tools have made is left out, and a symbolic link with a warning", async () => {
  await write({
    ".git/config": "x",
    "sub/__pycache__/a.pyc": "x",
    "node_modules/a/b.js": "x",
    ".venv/bin/python": "x",
  });
  await symlink("/etc/passwd", join(root, "sub/passwd"));
  const said = listenToOutput();
  await command.run([root, "--name", "thesis", "--json"]);
  expect(JSON.parse(said.stdout)).toMatchObject({ projectId: PROJECT, name: "thesis", files: 1 });
  expect(said.stderr).toMatch(/^markco: sub\/passwd is left out: .*\n$/);
});

test("a failed import is taken back, and fails with the platform's reason", async () => {
  await write({ "a.md": "# A\n" });
  const begun = edge.answers;
  const full = new Fault("limit", "the disk is full");
  edge.answers = (asked) =>
    asked.line.startsWith("PUT") ? Response.json(full.toBody(), { status: full.status }) : begun(asked);
  await expect(command.run([root, "--name", "thesis"])).rejects.toThrow("the disk is full");
  expect(lines().at(-1)).toBe(`DELETE /api/imports/${IMPORT}`);
  expect(lines()).not.toContain(`POST /api/imports/${IMPORT}/commit`);
});

test("for a name that is taken the way to another one is said", async () => {
  const taken = new Fault("conflict", 'you have a project "thesis" already; choose another name');
  edge.answers = () => Response.json(taken.toBody(), { status: taken.status });
  await write({});
  await expect(command.run([root, "--name", "thesis"])).rejects.toThrow("choose another name with --name");
});

test.each<[string, Record<string, string | Uint8Array>, RegExp]>([
  ["a wrong configuration", { "mrmd.md": "```yaml config\npublish:\n  visibility: open\n```\n" }, /^mrmd\.md:3: /],
  ["a document in Latin-1", { "a/b.qmd": Uint8Array.of(0x63, 0x61, 0x66, 0xe9) }, /^a\/b\.qmd is not UTF-8 \(byte 3\)/],
  ["a large file", { "big.csv": new Uint8Array(25 * 1024 * 1024 + 1) }, /^big\.csv has 26 MB; a file may have 25 MiB$/],
  ["a name with a backslash", { "a\\b.md": "x" }, /backslash/],
])("%s is refused before anything is sent", async (_name, files, message) => {
  await write(files);
  await expect(command.run([root, "--name", "thesis"])).rejects.toThrow(message);
  expect(edge.asked).toEqual([]);
});

test("a folder without mrmd.md, a missing folder and a wrong name are refused before anything is sent", async () => {
  await expect(command.run([root])).rejects.toThrow("no mrmd.md");
  await expect(command.run([join(root, "nothing")])).rejects.toThrow("is not a folder");
  await expect(command.run([root, "--name", "../x"])).rejects.toThrow("a project's name has 1 to 100 of");
  await expect(command.run([])).rejects.toThrow(UsageFault);
  expect(edge.asked).toEqual([]);
});

describe("--init", () => {
  beforeEach(() => {
    const begun = edge.answers;
    edge.answers = (asked) =>
      asked.line === "GET /api/me" ? Response.json({ user: { handle: "ada" } }) : begun(asked);
  });

  test("writes the mrmd.md of a folder that has none, and sends it with the rest", async () => {
    await write({ "README.md": "# Read me\n" });
    await rm(join(root, "mrmd.md"));
    const said = listenToOutput();
    expect(await command.run([root, "--name", "thesis", "--init"])).toBe(0);
    expect(said.stderr).toBe(`markco: wrote ${join(root, "mrmd.md")}\n`);
    const config = await readFile(join(root, "mrmd.md"), "utf8");
    expect(config).toContain('url: "@ada/thesis"');
    expect(lines()).toContain(`PUT /api/imports/${IMPORT}/file?path=mrmd.md`);
  });

  test("leaves the one that is there alone", async () => {
    await write({ "a.md": "a" });
    listenToOutput();
    await command.run([root, "--name", "thesis", "--init"]);
    expect(await readFile(join(root, "mrmd.md"), "utf8")).toBe("# Thesis\n");
    expect(lines()).not.toContain("GET /api/me");
  });
});
