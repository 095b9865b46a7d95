import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { listFiles, readInside, writeAtomic } from "./folders.ts";

let root = "";

beforeAll(async () => {
  const outside = await mkdtemp(join(tmpdir(), "folders-"));
  root = join(outside, "project");
  await mkdir(join(root, "docs"), { recursive: true });
  await writeFile(join(outside, "secret"), "secret");
  await writeFile(join(root, "docs/a.md"), "inside");
  await symlink("docs/a.md", join(root, "alias.md"));
  await symlink("../secret", join(root, "out.md"));
  await symlink("..", join(root, "up"));
  execFileSync("mkfifo", [join(root, "pipe")]);
});

test("files are read by their path, through links that stay inside too", async () => {
  expect((await readInside(root, "docs/a.md", 100)).toString()).toBe("inside");
  expect((await readInside(root, "alias.md", 100)).toString()).toBe("inside");
});

describe("what is not a file of the project is not found:", () => {
  test.each(["out.md", "up/secret", "docs", "pipe", "nowhere.md"])("%s", async (path) => {
    await expect(readInside(root, path, 100)).rejects.toMatchObject({ code: "not_found" });
  });
});

test("a path that can't be is invalid, a file beyond the limit too large", async () => {
  await expect(readInside(root, "../secret", 100)).rejects.toMatchObject({ code: "invalid" });
  await expect(readInside(root, "docs/a.md", 3)).rejects.toMatchObject({ code: "too_large" });
});

test("listing follows no links and shows nothing hidden", async () => {
  await mkdir(join(root, ".git"));
  await writeFile(join(root, ".git/config"), "");
  expect(await listFiles(root)).toEqual(["docs/a.md"]);
});

test("an atomic write makes its folders and leaves no temporary file", async () => {
  await writeAtomic(join(root, "new/deep/b.md"), "one");
  await writeAtomic(join(root, "new/deep/b.md"), "two");
  expect(await readFile(join(root, "new/deep/b.md"), "utf8")).toBe("two");
  expect(await readdir(join(root, "new/deep"))).toEqual(["b.md"]);
});
