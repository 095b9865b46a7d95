/** Of a zip of many files nothing is held but its directory. What programs read of one: ../download.test.ts. */
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { zipOf } from "./zip.ts";

let root: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "zip-")));
});
afterEach(() => rm(root, { recursive: true }));

/** Bytes that are in use. */
function used(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test("a file takes less than 3 KB until the zip is written", async () => {
  const absolute = join(root, "a.md");
  await writeFile(absolute, "as long as this text ".repeat(500));
  function* files() {
    for (let i = 0; i < 6_000; i++) yield { absolute, name: `sec/${i}.md` };
  }
  const marks: number[] = [];
  let parts = 0;
  for await (const part of zipOf(files())) {
    expect(part.length).toBeLessThan(2_000);
    if (++parts === 1_000 || parts === 6_000) marks.push(used());
  }
  const [early = 0, late = 0] = marks;
  expect(late - early).toBeLessThan(5_000 * 3_000);
});

test("the files are closed when its reader goes, in the middle of a small one and of a large one", async () => {
  const absolute = join(root, "a.bin");
  for (const bytes of [10, 3_000_000]) {
    await writeFile(absolute, Buffer.alloc(bytes));
    const parts = zipOf([{ absolute, name: "a.bin" }]);
    await parts.next();
    await parts.return(undefined);
    expect((await parts.next()).done).toBe(true);
  }
});
