import { expect, test } from "vitest";
import { MAX_FILE_BYTES, MAX_FILES } from "../../../../shared/daemon/limits.ts";
import { sift } from "./sift.ts";

const file = (bytes: number) => Object.defineProperty(new File([], "x"), "size", { value: bytes });
const siftAll = (paths: readonly string[], folder = "", bytes = 1) =>
  sift({ files: paths.map((path) => ({ path, file: file(bytes) })), unread: [] }, folder);

test("what can be brought in has its path in the project, with its folders", () => {
  const { wanted, refused, problem } = siftAll(["a.md", "data/größe.csv"], "02-more");
  expect(wanted.map(({ path }) => path)).toEqual(["02-more/a.md", "02-more/data/größe.csv".normalize("NFC")]);
  expect([refused, problem]).toEqual([[], null]);
});

test("what tools have made is left out, and named once", () => {
  const { wanted, tooling } = siftAll(["x/.git/a", "x/.git/b", "x/node_modules/y/z.js", "x/.DS_Store", "x/a.md"]);
  expect(wanted.map(({ path }) => path)).toEqual(["x/a.md"]);
  expect(tooling).toEqual(["x/.DS_Store", "x/.git", "x/node_modules"]);
});

test("what is wrong with a file is said of it, and the rest goes on", () => {
  const { wanted, refused } = siftAll(["a.md", "b\\c.md", `${"long".repeat(70)}.md`]);
  expect(wanted.map(({ path }) => path)).toEqual(["a.md"]);
  expect(refused.map(({ why }) => why)).toEqual([
    expect.stringContaining("backslash"),
    expect.stringContaining("255 is the most"),
  ]);
  expect(siftAll(["large.bin"], "", MAX_FILE_BYTES + 1).refused).toEqual([
    { path: "large.bin", why: "it is larger than the 25 MB that a file may have" },
  ]);
  expect(siftAll(["large.bin"], "", MAX_FILE_BYTES).refused).toEqual([]);
});

test("too many files, or too much in all, is said before anything is sent", () => {
  const many = Array.from({ length: MAX_FILES + 1 }, (_, i) => `${i}.md`);
  expect(siftAll(many).problem).toContain("more than 20000 files");
  expect(siftAll(many.slice(1)).problem).toBeNull();
  expect(siftAll(many.slice(0, 100), "", MAX_FILE_BYTES).problem).toContain("a project may have 2.0 GB");
});
