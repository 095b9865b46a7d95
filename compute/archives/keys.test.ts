import { mkdtemp, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ArchiveKeys } from "./keys.ts";

const file = async () => join(await mkdtemp(join(tmpdir(), "keys-")), "markco", "archives.key");

test("the key is made once, for root alone, and is the same after a restart", async () => {
  const path = await file();
  const made = await ArchiveKeys.open(path);
  expect(((await stat(path)).mode & 0o777).toString(8)).toBe("600");
  const salt = Buffer.alloc(32);
  expect((await ArchiveKeys.open(path)).derive("a", salt)).toEqual(made.derive("a", salt));
});

test("each archive has a key of its own", async () => {
  const keys = await ArchiveKeys.open(await file());
  const [one, two] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  expect(keys.derive("a", one)).not.toEqual(keys.derive("b", one));
  expect(keys.derive("a", one)).not.toEqual(keys.derive("a", two));
});

test("half a key is refused, not replaced: archives may be sealed with it", async () => {
  const path = await file();
  await ArchiveKeys.open(path);
  await writeFile(path, "half");
  await expect(ArchiveKeys.open(path)).rejects.toThrow("is not whole");
});
