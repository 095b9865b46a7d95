import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { drawingOf } from "../../../../shared/document/diagrams.ts";
import { keepDrawing } from "./drawings.ts";

const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"></svg>';
const text = "graph TD; A-->B\n";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "drawings-"));
});
afterEach(() => rm(root, { recursive: true }));

test("a drawing is where everyone looks for the block's", async () => {
  expect(await keepDrawing(root, { text, svg })).toBe(drawingOf(text));
  expect(await readFile(join(root, drawingOf(text)), "utf8")).toBe(svg);
  await keepDrawing(root, { text, svg: svg.replace("1", "2") });
  expect(await readdir(join(root, "_assets/diagrams"))).toHaveLength(1);
});

test("nothing is written behind a link that a cell has put there", async () => {
  const outside = join(root, "outside");
  await mkdir(outside);
  await symlink(outside, join(root, "_assets"));
  await expect(keepDrawing(root, { text, svg })).rejects.toMatchObject({ code: "conflict" });
  expect(await readdir(outside)).toEqual([]);
});

test("of a thousand drawings the oldest go, and no other file", async () => {
  await keepDrawing(root, { text, svg });
  const folder = join(root, "_assets/diagrams");
  await utimes(join(root, drawingOf(text)), 1, 1);
  await writeFile(join(folder, "notes.txt"), "kept");
  await Promise.all(Array.from({ length: 999 }, (_, i) => writeFile(join(folder, `${i}.svg`), svg)));
  expect(await readdir(folder)).toHaveLength(1_001);
  await keepDrawing(root, { text: "graph TD; C-->D", svg });
  const left = await readdir(folder);
  expect(left).toHaveLength(1_001);
  expect(left).toContain("notes.txt");
  expect(left).not.toContain(drawingOf(text).split("/").at(-1));
});
