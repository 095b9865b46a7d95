/** A disk that is full, read-only or slow. */
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import type * as Y from "yjs";
import { anchorOf } from "../../../shared/editor/anchor.ts";
import { CLOSE } from "../../../shared/editor/sync.ts";
import { Documents } from "./document/documents.ts";
import { prepareJournals } from "./document/state-folder.ts";
import { FileOperations } from "./files/file-operations.ts";
import { Connection } from "./sync/connection.ts";
import { Browser } from "./testing/browser.ts";
import { interpose, Machine } from "./testing/machine.ts";
import { Wire } from "./testing/wire.ts";

const ID = { projectId: "3f0c1a52-58d4-4d25-9be2-0c5f3c1f6a10", path: "a.md" };
const ACTOR = { userId: "9d1f7f1e-6c55-4e0e-8f4e-0b7d2a6c1e55", handle: "demo", name: "Demo", role: "editor" } as const;

beforeAll(interpose);

interface Place {
  readonly machine: Machine;
  readonly documents: Documents;
  /** Of the document, with "one" in it. */
  readonly file: string;
  readonly journals: string;
}

async function onMachine(act: (place: Place) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), "full-disk-"));
  const places = { projects: join(root, "projects"), journals: join(root, "journal") };
  const file = join(places.projects, ID.projectId, ID.path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, "one\n");
  const machine = new Machine();
  await machine.run(async () => {
    await prepareJournals(places.journals);
    await act({ machine, documents: new Documents(places), file, journals: places.journals });
  });
  await rm(root, { recursive: true });
}

test.each(["ENOSPC", "EROFS"] as const)(
  "as long as the disk says %s nothing is called saved, and then everything comes in once",
  async (reason) => {
    await onMachine(async ({ machine, documents, file }) => {
      const connect = async (doc?: Y.Doc) => {
        const { document } = await documents.hold(ID);
        const wire = new Wire(machine);
        const browser = new Browser(wire.browser, doc);
        new Connection(wire.server, document, ACTOR);
        return browser;
      };
      const ann = await (await connect()).synced();
      machine.refuses = reason;
      const { saved } = ann;
      ann.text.insert(0, "typed ");
      await ann.until(() => ann.closedWith !== null);
      expect(ann.closedWith).toBe(CLOSE.cannotSave);
      expect(ann.saved).toBe(saved);
      await expect(connect()).rejects.toThrow(reason);
      machine.refuses = null;
      const back = await (await connect(ann.doc)).synced();
      expect(back.text.toString()).toBe("typed one\n");
      await documents.closeAll();
      expect(await readFile(file, "utf8")).toBe("typed one\n");
    });
  },
);

test("a comment that the disk does not take is not told to anybody, and can be sent again", async () => {
  await onMachine(async ({ machine, documents }) => {
    const { document } = await documents.hold(ID);
    const told: unknown[] = [];
    document.comments.events.on("change", (news) => told.push(news));
    const anchor = anchorOf(document.text, { from: 0, to: 3 });
    const comment = "0b9dc9b5-8e9f-4d2a-9a53-0d1b8a3f7c12";
    const begin = { do: "begin", path: ID.path, comment, anchor, text: "Why?" } as const;
    machine.refuses = "ENOSPC";
    await expect(document.comments.change(begin, ACTOR)).rejects.toThrow("ENOSPC");
    expect([told, document.comments.all]).toEqual([[], { type: "all", threads: [] }]);
    machine.refuses = null;
    await document.comments.change(begin, ACTOR);
    expect(told).toHaveLength(1);
    await documents.closeAll();
    // Who comes too late would write over what the next one to load it has read.
    const resolve = { do: "resolve", path: ID.path, thread: comment } as const;
    await expect(document.comments.change(resolve, ACTOR)).rejects.toThrow("loaded anew");
  });
});

test("what a program read before the disk was full is what its writing is merged against afterwards", async () => {
  await onMachine(async ({ machine, documents, file }) => {
    const first = (await documents.hold(ID)).document;
    const read = await readFile(file, "utf8");
    first.change([{ from: 0, to: 0, insert: "typed " }]);
    await first.save();
    machine.refuses = "ENOSPC";
    first.change([{ from: 0, to: 0, insert: "more " }]);
    await first.durable().catch(() => {});
    machine.refuses = null;
    // The journal could not be written, so it was let go.
    const again = (await documents.hold(ID)).document;
    expect(again).not.toBe(first);
    await writeFile(file, `${read}two\n`);
    await again.check();
    expect(again.text.toString()).toBe("typed one\ntwo\n");
    await documents.closeAll();
  });
});

test("of a file that the disk has no room for nothing stays, and its sender is told why", async () => {
  await onMachine(async ({ machine, documents, file }) => {
    const root = await mkdtemp(join(tmpdir(), "full-disk-"));
    const [projects, journals] = [join(dirname(file), ".."), join(dirname(file), "../../journal")];
    const places = { projects, journals, drafts: join(root, "drafts"), trash: join(root, "trash") };
    const files = new FileOperations(places, documents, () => {});
    await files.sweep();
    const upload = (ifTaken: "replace" | "keep-both") => {
      const content = (async function* () {
        yield new TextEncoder().encode("two\n");
      })();
      return files.upload(ID.projectId, { path: ID.path, ifTaken, content, by: "demo" });
    };
    machine.refuses = "ENOSPC";
    for (const ifTaken of ["replace", "keep-both"] as const)
      await expect(upload(ifTaken)).rejects.toMatchObject({
        code: "unavailable",
        message: expect.stringContaining("full"),
      });
    expect([await readdir(places.drafts), await readdir(dirname(file))]).toEqual([[], [ID.path]]);
    machine.refuses = null;
    expect(await upload("replace")).toBe(ID.path);
    expect(await readFile(file, "utf8")).toBe("two\n");
    await documents.closeAll();
    await rm(root, { recursive: true });
  });
});

test("a version that could not be kept, nor who began it, is kept by who opens the document next", async () => {
  await onMachine(async ({ documents, journals }) => {
    const { document } = await documents.hold(ID);
    document.change([{ from: 0, to: 0, insert: "typed " }]);
    await document.history.keep();
    const history = join(journals, (await readdir(journals))[0] ?? "", "history");
    await rename(history, `${history}~`);
    await writeFile(history, "no folder");
    document.change([{ from: 0, to: 0, insert: "more " }]);
    await documents.closeAll();
    await rm(history);
    await rename(`${history}~`, history);
    const again = (await documents.hold(ID)).document;
    const newest = again.history.list.versions.at(-1)?.id ?? 0;
    expect(await again.history.textOf(newest)).toBe("more typed one\n");
    await documents.closeAll();
  });
});

test("a store slower than its debounce: a storm that only a restart ended", async () => {
  await onMachine(async ({ machine, documents, file }) => {
    const { document } = await documents.hold(ID);
    let saves = 0;
    document.events.on("saved", () => saves++);
    // A save has some ten steps: it takes far longer than the 400 ms after which the next one is due.
    machine.delayMs = 200;
    for (let i = 0; i < 40; i++) {
      document.change([{ from: 0, to: 0, insert: `${i} ` }]);
      await wait(50);
    }
    machine.delayMs = 0;
    await documents.closeAll();
    // One after the other: of the journal, of the file and of the history each has one step under way.
    expect(machine.busiest).toBeLessThan(5);
    expect(saves).toBeLessThan(5);
    expect(await readFile(file, "utf8")).toMatch(/^39 38 .* 0 one\n$/);
  });
});
