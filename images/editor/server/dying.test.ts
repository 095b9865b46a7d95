/** A machine that dies at any step of its disk, before or after it is done: files, and what stands beside a document's text, are whole after that. */
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import * as Y from "yjs";
import { anchorOf } from "../../../shared/editor/anchor.ts";
import { Comments } from "./comments/comments.ts";
import { Documents } from "./document/documents.ts";
import { FileOperations } from "./files/file-operations.ts";
import { Versions } from "./history/versions.ts";
import { interpose, Machine } from "./testing/machine.ts";

const ACTOR = { userId: "9d1f7f1e-6c55-4e0e-8f4e-0b7d2a6c1e55", handle: "demo", name: "Demo", role: "editor" } as const;
const DEATHS = Array.from({ length: 24 }, (_, i) => [Math.floor(i / 2), i % 2 === 1] as const);

beforeAll(interpose);

/** Does `act` on a machine that dies; resolves with what it did before that. */
async function die<T>(
  steps: number,
  afterTheStep: boolean,
  act: (done: (value: T) => void) => Promise<void>,
): Promise<T[]> {
  const machine = new Machine();
  const done: T[] = [];
  machine.dieAfter(steps, afterTheStep);
  const acting = machine.run(() => act((value) => done.push(value))).catch(() => undefined);
  // What runs on a dead machine never ends.
  await Promise.race([acting, expect.poll(() => machine.dead, { timeout: 10_000 }).toBe(true)]);
  await machine.still();
  return done;
}

test.each(DEATHS)(
  "after step %i (done: %s) every comment that was acknowledged is there",
  async (steps, afterTheStep) => {
    const folder = await mkdtemp(join(tmpdir(), "dying-"));
    const text = new Y.Doc().getText("text");
    text.insert(0, "one two three");
    const anchor = anchorOf(text, { from: 4, to: 7 });
    const kept = await die<string>(steps, afterTheStep, async (done) => {
      const comments = await Comments.open(folder, text);
      for (let i = 0; i < 4; i++) {
        const comment = randomUUID();
        await comments.change({ do: "begin", path: "a.md", comment, anchor, text: "Hm." }, ACTOR);
        done(comment);
      }
    });
    const { all } = await Comments.open(folder, text);
    const ids = all.type === "all" ? all.threads.map(({ id }) => id) : [];
    // One more may be on disk than anybody was told.
    expect(ids.slice(0, kept.length)).toEqual(kept);
    expect(ids.length).toBeLessThanOrEqual(kept.length + 1);
    await rm(folder, { recursive: true });
  },
);

test.each(DEATHS)("after step %i (done: %s) every version that is listed can be read", async (steps, afterTheStep) => {
  const folder = await mkdtemp(join(tmpdir(), "dying-"));
  const begun = { began: new Date().toISOString(), authors: [] };
  const kept = await die<string>(steps, afterTheStep, async (done) => {
    const versions = await Versions.open(folder);
    for (let i = 0; i < 4; i++) {
      await versions.begin(begun);
      await versions.add(`text ${i}`, begun, begun.began);
      done(`text ${i}`);
    }
  });
  const versions = await Versions.open(folder);
  const texts = await Promise.all(versions.all.map(({ id }) => versions.textOf(id)));
  expect(texts.slice(0, kept.length)).toEqual(kept);
  await versions.add("text after", begun, begun.began);
  expect(await versions.textOf(versions.all.at(-1)?.id ?? 0)).toBe("text after");
  await rm(folder, { recursive: true });
});

test.each(DEATHS)(
  "after step %i (done: %s) of making, deleting and restoring a file it stands in its place or in the trash",
  async (steps, afterTheStep) => {
    const root = await mkdtemp(join(tmpdir(), "dying-"));
    const projectId = "3f0c1a52-58d4-4d25-9be2-0c5f3c1f6a10";
    const places = {
      projects: join(root, "projects"),
      journals: join(root, "journal"),
      drafts: join(root, "drafts"),
      trash: join(root, "trash"),
    };
    const folder = join(places.projects, projectId);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "a.md"), "one\n");
    const begin = async () => {
      const files = new FileOperations(places, new Documents(places), () => undefined);
      await files.sweep();
      return files;
    };
    const done = await die<string>(steps, afterTheStep, async (done) => {
      const files = await begin();
      done(await files.create(projectId, "new.md"));
      const { id } = await files.delete(projectId, "a.md", "demo");
      done("deleted");
      done(await files.restore(projectId, id));
      done(await files.duplicate(projectId, "a.md"));
    });
    const files = await begin();
    for (const { id, path } of await files.trash(projectId)) expect(await files.restore(projectId, id)).toBe(path);
    const names = (await readdir(folder)).sort();
    for (const name of names) expect(await readFile(join(folder, name), "utf8")).toBe(name === "new.md" ? "" : "one\n");
    expect(names).toContain("a.md");
    expect(names).toEqual(expect.arrayContaining(done.filter((name) => name !== "deleted")));
    expect(await readdir(places.drafts)).toEqual([]);
    expect(await files.trash(projectId)).toEqual([]);
    await rm(root, { recursive: true });
  },
);
