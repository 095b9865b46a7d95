import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keepPicture } from "./pictures.ts";

const content = new Uint8Array([1, 2, 3]);

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "pictures-"));
});
afterEach(() => rm(root, { recursive: true }));

test("the same content is the same file", async () => {
  const path = await keepPicture(root, "image/png", content);
  expect(path).toBe("_assets/039058c6f2c0cb49.png");
  expect(await keepPicture(root, "image/png", content)).toBe(path);
  expect(new Uint8Array(await readFile(join(root, path)))).toEqual(content);
  expect(await keepPicture(root, "image/png", new Uint8Array([4]))).not.toBe(path);
  expect(await readdir(join(root, "_assets"))).toHaveLength(2);
});

test("it lies where the project's configuration has assets", async () => {
  await writeFile(join(root, "mrmd.md"), '```yaml config\nassets: { directory: "media/pictures" }\n```\n');
  expect(await keepPicture(root, "image/jpeg", content)).toBe("media/pictures/039058c6f2c0cb49.jpg");
});

test("what is no picture is refused, and nothing is written behind a link", async () => {
  await expect(keepPicture(root, "text/html", content)).rejects.toMatchObject({ code: "invalid" });
  await expect(keepPicture(root, "image/png", new Uint8Array())).rejects.toMatchObject({ code: "invalid" });
  await symlink(tmpdir(), join(root, "_assets"));
  await expect(keepPicture(root, "image/png", content)).rejects.toMatchObject({ code: "conflict" });
});
