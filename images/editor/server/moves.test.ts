/** Moving and renaming while others have the documents open, while cells of them run, and while the machine dies. */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { Moved } from "../../../shared/editor/files.ts";
import { CLOSE } from "../../../shared/editor/sync.ts";
import { may, ROLES } from "../../../shared/roles.ts";
import { Documents } from "./document/documents.ts";
import { Forwarding } from "./document/forwarding.ts";
import { prepareJournals } from "./document/state-folder.ts";
import { Moves } from "./files/moves.ts";
import { listFiles } from "./files/project.ts";
import { Trees } from "./http/tree.ts";
import { interpose, Machine } from "./testing/machine.ts";
import { ScriptedKernel } from "./testing/scripted-kernel.ts";
import { Workplace } from "./testing/workplace.ts";

const ROLE_OF_WRITERS = ROLES.map((role) => [role, may(role, "write")] as const);
const ACTOR = { userId: "9d1f7f1e-6c55-4e0e-8f4e-0b7d2a6c1e55", handle: "demo", name: "Demo", role: "editor" } as const;

describe("on a server", () => {
  let place: Workplace;
  afterEach(() => place.dispose());

  async function move(body: object): Promise<Moved> {
    const { status, text } = await place.ask("POST", "/move", body);
    expect(text).not.toContain("error");
    expect(status).toBe(200);
    return Moved.parse(JSON.parse(text));
  }
  const undo = async ({ id }: Moved) => (await place.ask("POST", "/undo-move", { id })).status;
  const lineage = (browser: { greeting: { lineage: string } | null }) => browser.greeting?.lineage ?? "";

  test("who has a moved document open goes on in it where it is now, with what they had not sent yet", async () => {
    place = await Workplace.create({ "01-a.md": "one\n", "02-sec/01-b.md": "[a](../01-a.md)\n" });
    const [ann, bob] = [await place.browse("01-a.md").synced(), await place.browse("02-sec/01-b.md").synced()];
    ann.text.insert(0, "typed ");
    await ann.synced();
    const moved = await move({ path: "01-a.md", folder: "02-sec", before: null });
    expect(moved).toMatchObject({ renames: [{ from: "01-a.md", to: "02-sec/02-a.md" }], relinked: 1 });
    await ann.until(() => ann.closedWith !== null);
    expect(ann.closedWith).toBe(CLOSE.moved);
    ann.text.insert(0, "offline ");
    const back = await place.browse("01-a.md", { doc: ann.doc, lineage: lineage(ann) }).synced();
    expect(back.greeting).toMatchObject({ path: "02-sec/02-a.md", lineage: lineage(ann) });
    expect(back.text.toString()).toBe("offline typed one\n");
    await bob.until(() => bob.text.toString() === "[a](02-a.md)\n");
    expect(bob.closedWith).toBeNull();
    await place.eventually(
      "the file has it",
      async () => (await place.read("02-sec/02-a.md")) === "offline typed one\n",
    );
    expect(await place.read("02-sec/01-b.md")).toBe("[a](02-a.md)\n");
    // Whoever comes anew finds nothing there, and an empty file is not made.
    const late = place.browse("01-a.md");
    await late.until(() => late.closedWith !== null);
    expect(late.closedWith).toBe(CLOSE.notFound);
    await expect(place.read("01-a.md")).rejects.toThrow();
  });

  test("who comes back in the very moment of a move is brought to where it goes, however it stands just then", async () => {
    place = await Workplace.create({ "01-x.md": "ex\n", "02-y.md": "why\n" });
    const ann = await place.browse("01-x.md").synced();
    const back: (typeof ann)[] = [];
    // A browser that is told to come back does so at once, and again and again while others exchange the two.
    for (let round = 0; round < 12; round++) {
      const [first = "", second = ""] = (await readdir(dirname(place.file("x"))))
        .filter((name) => name.endsWith(".md"))
        .sort();
      const moving = move({ path: second, folder: "", before: first });
      for (let attempt = 0; attempt < 8; attempt++) back.push(place.browse("01-x.md", { lineage: lineage(ann) }));
      await moving;
    }
    for (const browser of back) {
      await browser.until(() => browser.closedWith !== null || browser.text.toString() !== "");
      expect([null, CLOSE.moved]).toContain(browser.closedWith);
      if (browser.closedWith === null) expect(browser.text.toString()).toBe("ex\n");
    }
  });

  test("two that change places keep each their text, their comments and their people", async () => {
    place = await Workplace.create({ "01-x.md": "ex [[y]] [y](02-y.md)\n", "02-y.md": "why [x](01-x.md)\n" });
    const [ann, bob] = [await place.browse("01-x.md").synced(), await place.browse("02-y.md").synced()];
    await move({ path: "02-y.md", folder: "", before: "01-x.md" });
    expect(await place.read("02-x.md")).toBe("ex [[y]] [y](01-y.md)\n");
    expect(await place.read("01-y.md")).toBe("why [x](02-x.md)\n");
    const [annBack, bobBack] = await Promise.all([
      place.browse("01-x.md", { doc: ann.doc, lineage: lineage(ann) }).synced(),
      place.browse("02-y.md", { doc: bob.doc, lineage: lineage(bob) }).synced(),
    ]);
    expect([annBack.greeting?.path, bobBack.greeting?.path]).toEqual(["02-x.md", "01-y.md"]);
    expect(annBack.text.toString()).toBe("ex [[y]] [y](01-y.md)\n");
    expect(bobBack.text.toString()).toBe("why [x](02-x.md)\n");
    expect((await readdir(dirname(place.file("x")))).sort()).toEqual(["01-y.md", "02-x.md"]);
  });

  test("one step back puts everything where it was, but what people wrote meanwhile stays", async () => {
    const files = {
      "01-a.md": "![p](_assets/p.png) [b](02-sec/01-b.md)\n",
      "02-sec/01-b.md": "[[a]] <a href='../01-a.md'>a</a> [b](01-b.md#x)\n",
      "03-c.md": '`[b](02-sec/01-b.md)` [b](./02-sec/01-b.md "t")\n',
    };
    place = await Workplace.create({ ...files, "_assets/p.png": "png" });
    const ann = await place.browse("03-c.md").synced();
    const moved = await move({ path: "02-sec", folder: "", before: "01-a.md" });
    await ann.until(() => ann.text.toString().includes("./01-sec/01-b.md"));
    expect(ann.text.toString()).toBe('`[b](02-sec/01-b.md)` [b](./01-sec/01-b.md "t")\n');
    ann.text.insert(0, "more ");
    await ann.synced();
    expect(await undo(moved)).toBe(200);
    for (const [path, text] of Object.entries(files)) {
      const wanted = path === "03-c.md" ? `more ${text}` : text;
      await place.eventually(path, async () => (await place.read(path).catch(() => "")) === wanted);
    }
    expect(await undo(moved)).toBe(404);
  });

  test("a step back is refused where something else has come to stand, and nothing changes", async () => {
    place = await Workplace.create({ "a.md": "one\n" });
    const moved = await move({ path: "a.md", name: "b.md" });
    await place.write("a.md", "other\n");
    expect(await undo(moved)).toBe(409);
    expect([await place.read("a.md"), await place.read("b.md")]).toEqual(["other\n", "one\n"]);
  });

  test("renaming on disk and editing brought the old file back: after a rename here, comments, history and typing go with the document", async () => {
    place = await Workplace.create({ "a.md": "one two\n" });
    const ann = await place.browse("a.md").synced();
    ann.text.insert(0, "typed ");
    await ann.synced();
    await move({ path: "a.md", name: "über [1].md" });
    ann.text.insert(0, "late ");
    const back = await place.browse("a.md", { doc: ann.doc, lineage: lineage(ann) }).synced();
    expect(back.greeting?.path).toBe("über [1].md");
    await place.eventually("it is there", async () => (await place.read("über [1].md")) === "late typed one two\n");
    await expect(place.read("a.md")).rejects.toThrow();
    await back.until(() => back.saved === back.sent);
    const versions = await place.ask("GET", `/versions?path=${encodeURIComponent("über [1].md")}`);
    expect(JSON.parse(versions.text).versions.length).toBeGreaterThan(0);
    // One with the old name is another document.
    await place.ask("POST", "/create", { path: "a.md" });
    const fresh = await place.browse("a.md").synced();
    expect(fresh.text.toString()).toBe("");
    expect(lineage(fresh)).not.toBe(lineage(ann));
    const stillMine = await place.browse("a.md", { doc: back.doc, lineage: lineage(ann) }).synced();
    expect(stillMine.greeting?.path).toBe("über [1].md");
  });

  test("a cell that runs goes on, and its output stands in the document where it is now", async () => {
    const printing = new ScriptedKernel();
    place = await Workplace.create({ "a.md": "```python\nwait\n```\n\n```python\nsay queued\n```\n" }, printing.run);
    await place.browse("a.md").synced();
    void place.run("a.md");
    await place.eventually("it prints", () => printing.steps >= 1);
    await move({ path: "a.md", folder: "sec" });
    printing.step();
    await place.eventually("it goes on", () => printing.steps >= 2);
    printing.end();
    const lines = Array.from({ length: 2 }, (_, i) => `line ${i + 1}\n`).join("");
    await place.eventually("its output is there", async () => {
      const text = await place.read("sec/a.md");
      return text.includes(`\`\`\`output\n${lines}`) && text.includes("queued");
    });
    expect(place.daemon.ran.length).toBe(2);
  });

  test.each([
    [{ path: "nowhere.md", name: "b.md" }, 404],
    [{ path: "a.md", name: "c.md" }, 409],
    [{ path: "a.md", name: "out" }, 409],
    [{ path: "a.md", name: "../b.md" }, 400],
    [{ path: "a.md", folder: "out" }, 409],
    [{ path: "out", name: "in" }, 404],
    [{ path: "mrmd.md", name: "x.md" }, 400],
    [{ path: "a.md", folder: "c.md" }, 400],
    [{ path: "a.md" }, 400],
  ])("%j is refused, and nothing changes", async (body, status) => {
    place = await Workplace.create({ "a.md": "one\n", "c.md": "two\n", "mrmd.md": "" });
    await symlink(join(place.root, "data", "editor"), place.file("out"));
    expect((await place.ask("POST", "/move", body)).status).toBe(status);
    expect((await readdir(dirname(place.file("a.md")))).sort()).toEqual(["a.md", "c.md", "mrmd.md", "out"]);
    expect(await place.read("a.md")).toBe("one\n");
  });

  test.each(ROLE_OF_WRITERS)("a %s may move and take back: %s", async (role, isAllowed) => {
    place = await Workplace.create({ "a.md": "one\n" });
    const { status } = await place.ask("POST", "/move", { path: "a.md", name: "b.md" }, role);
    expect(status).toBe(isAllowed ? 200 : 403);
    const back = await place.ask("POST", "/undo-move", { id: ACTOR.userId }, role);
    expect(back.status).toBe(isAllowed ? 404 : 403);
  });
});

describe("on a machine of its own", () => {
  beforeAll(interpose);
  const PROJECT = "3f0c1a52-58d4-4d25-9be2-0c5f3c1f6a10";
  const BEFORE: Readonly<Record<string, string>> = {
    "01-x.md": "ex [y](02-y.md)\n",
    "02-y.md": "why [[x]]\n",
    "03-sec/01-z.md": "zed [x](../01-x.md)\n",
  };
  const AFTER: Readonly<Record<string, string>> = {
    "01-sec/01-z.md": "zed [x](../02-x.md)\n",
    "02-x.md": "ex [y](03-y.md)\n",
    "03-y.md": "why [[x]]\n",
  };

  function start(root: string) {
    const places = {
      projects: join(root, "projects"),
      journals: join(root, "journal"),
      moves: join(root, "moves"),
    };
    const documents = new Documents(places);
    const forwarding = new Forwarding(join(root, "forwarding"), places.journals);
    const moves = new Moves({
      places,
      documents,
      forwarding,
      trees: new Trees(places.projects),
      changed: () => undefined,
    });
    return { documents, forwarding, moves, places };
  }

  async function prepare(): Promise<string> {
    const root = await mkdtemp(join(tmpdir(), "moves-"));
    for (const [path, text] of Object.entries(BEFORE)) {
      await mkdir(dirname(join(root, "projects", PROJECT, path)), { recursive: true });
      await writeFile(join(root, "projects", PROJECT, path), text);
    }
    await prepareJournals(join(root, "journal"));
    const { forwarding, moves } = start(root);
    await forwarding.sweep();
    await moves.recover();
    return root;
  }

  async function filesOf(root: string): Promise<Record<string, string>> {
    const folder = join(root, "projects", PROJECT);
    const paths = await listFiles(folder);
    return Object.fromEntries(
      await Promise.all(paths.map(async (path) => [path, await readFile(join(folder, path), "utf8")] as const)),
    );
  }

  const WANTED = { path: "03-sec", folder: "", before: "01-x.md" } as const;

  // A move has 148 steps: the last of these comes when it is through.
  const DEATHS = Array.from({ length: 76 }, (_, i) => [2 * i, i % 2 === 1] as const);
  test.each(DEATHS)(
    "dead after step %i (done: %s): all stands where it was, or where it was meant to",
    async (steps, after) => {
      const root = await prepare();
      const machine = new Machine();
      const begun = start(root);
      const x = { projectId: PROJECT, path: "01-x.md" };
      const { document, release } = await begun.documents.hold(x);
      const { lineage } = document;
      release();
      machine.dieAfter(steps, after);
      const moving = machine.run(() => begun.moves.move(PROJECT, WANTED, ACTOR)).catch(() => undefined);
      await Promise.race([moving, expect.poll(() => machine.dead, { timeout: 20_000 }).toBe(true)]);
      await machine.still();
      const next = start(root);
      await next.moves.recover();
      await next.documents.recover();
      await next.documents.closeAll();
      const found = await filesOf(root);
      if ("01-x.md" in found) expect(found).toEqual(BEFORE);
      else expect(found).toEqual(AFTER);
      const later = start(root);
      const at = await later.forwarding.follow(x, lineage);
      expect(at.path).toBe("01-x.md" in found ? "01-x.md" : "02-x.md");
      const held = await later.documents.hold(at);
      expect(held.document.lineage).toBe(lineage);
      held.release();
      await later.documents.closeAll();
      await rm(root, { recursive: true });
    },
  );

  test.each(["ENOSPC", "EROFS"] as const)(
    "a disk that says %s moves nothing, and the next attempt does",
    async (reason) => {
      const root = await prepare();
      const machine = new Machine();
      const { documents, moves } = start(root);
      machine.refuses = reason;
      await expect(machine.run(() => moves.move(PROJECT, WANTED, ACTOR))).rejects.toThrow(reason);
      expect(await filesOf(root)).toEqual(BEFORE);
      machine.refuses = null;
      await machine.run(() => moves.move(PROJECT, WANTED, ACTOR));
      await documents.closeAll();
      expect(await filesOf(root)).toEqual(AFTER);
      await rm(root, { recursive: true });
    },
  );
});
