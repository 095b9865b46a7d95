/** A disk that really is full, or turns read-only under the server as a failing one does: an ext4 of its own, which takes root to mount. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CLOSE } from "../../../shared/editor/sync.ts";
import { Workplace } from "./testing/workplace.ts";

const run = promisify(execFile);
const canMount = process.getuid?.() === 0 && existsSync("/dev/loop-control");
const LARGE = "a line that does not fit into what is left of a block\n".repeat(4_000);

let place: Workplace;
let image = "";
const disk = () => join(place.root, "data");

describe.skipIf(!canMount)("a disk", () => {
  beforeEach(async () => {
    place = await Workplace.create({ "a.md": "one\n" });
    await place.killServer("SIGTERM");
    image = join(place.root, "disk");
    await writeFile(image, new Uint8Array(16 * 1024 * 1024));
    await run("mkfs.ext4", ["-q", "-d", disk(), image]);
    await run("mount", ["-o", "loop", image, disk()]);
    await place.startServer();
  });
  afterEach(async () => {
    await place.killServer();
    await run("umount", [disk()]);
    await place.dispose();
  });

  test("that turns read-only while somebody types keeps nothing, says so, and has everything once it is mended", async () => {
    const ann = await place.browse("a.md").synced();
    ann.text.insert(0, "kept ");
    await ann.synced();
    const { saved } = ann;
    // What the kernel does when a disk fails; a remount would be refused while the journal is open.
    await run("mount", ["-o", "remount,abort", disk()]);
    ann.text.insert(0, "typed ");
    await ann.until(() => ann.closedWith !== null);
    expect(ann.closedWith).toBe(CLOSE.cannotSave);
    expect(ann.saved).toBe(saved);
    const bob = place.browse("a.md");
    await bob.until(() => bob.closedWith !== null);
    expect(bob.greeting).toBeNull();
    expect((await place.ask("POST", "/create", { path: "b.md" })).status).toBe(500);

    await place.killServer();
    await run("umount", [disk()]);
    // It mends what it finds, and says so with 1.
    await run("e2fsck", ["-fy", image]).catch(({ code }: { code: number }) => expect(code).toBe(1));
    await run("mount", ["-o", "loop", image, disk()]);
    await place.startServer();
    const fresh = await place.browse("a.md").synced();
    expect(fresh.text.toString()).toBe("kept one\n");
    const back = await place.browse("a.md", { doc: ann.doc, lineage: ann.greeting?.lineage ?? "" }).synced();
    await fresh.until(() => fresh.text.toString() === "typed kept one\n");
    expect(back.text.toString()).toBe("typed kept one\n");
    await place.eventually("the file has it", async () => (await place.read("a.md")) === "typed kept one\n");
  });

  test("that is full takes nothing for saved, and takes everything in once there is room", async () => {
    const ann = await place.browse("a.md").synced();
    const filler = join(disk(), "filler");
    const { bavail, bsize } = await statfs(disk());
    await writeFile(filler, new Uint8Array((bavail + 1_000) * bsize)).catch(({ code }: NodeJS.ErrnoException) =>
      expect(code).toBe("ENOSPC"),
    );
    // The file system has a little put by.
    while (ann.closedWith === null) {
      ann.text.insert(0, LARGE);
      await ann.synced();
    }
    expect(ann.closedWith).toBe(CLOSE.cannotSave);
    expect(ann.saved).toBeLessThan(ann.sent);
    const typed = ann.text.toString();
    await rm(filler);
    const back = await place.browse("a.md", { doc: ann.doc, lineage: ann.greeting?.lineage ?? "" }).synced();
    expect(back.closedWith).toBeNull();
    await place.eventually("the file has it", async () => (await place.read("a.md")) === typed);
    await place.killServer();
    await place.startServer();
    expect((await place.browse("a.md").synced()).text.toString()).toBe(typed);
  });
});
