/** What many projects that nobody uses may cost the base server: nothing that is held open. */
import { mkdtemp, readdir, readFile, readlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { api, eventually, killHard, markco, processes } from "./platform.ts";

const place = inject("platform");
const PROJECTS = 20;
const FILES = 20;

interface Held {
  readonly sockets: number;
  readonly watches: number;
}

/** Of the daemon and of all editor servers, as the kernel counts them. */
async function held(): Promise<Held> {
  const servers = [
    ...(await processes(place.state, "/opt/markco/markco.mjs daemon")),
    ...(await processes(place.state, "/opt/markco/server.mjs")),
  ];
  let [sockets, watches] = [0, 0];
  for (const { pid } of servers) {
    for (const fd of await readdir(`/proc/${pid}/fd`)) {
      const what = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => "");
      if (what.startsWith("socket:")) sockets++;
      if (what !== "anon_inode:inotify") continue;
      const info = await readFile(`/proc/${pid}/fdinfo/${fd}`, "utf8").catch(() => "");
      watches += info.split("\n").filter((line) => line.startsWith("inotify ")).length;
    }
  }
  return { sockets, watches };
}

/** A daemon that has just begun: what it opens eagerly it has opened when it is ready. */
async function restarted(): Promise<Held> {
  const before = await processes(place.state, "/opt/markco/markco.mjs daemon");
  await killHard(before);
  await eventually("the daemon is back", 60_000, async () => (await api(place, "/api/projects")).ok);
  // Connections of whoever asked until now come and go; the fewest that are seen are those that are held.
  const seen: Held[] = [];
  await eventually("it has come to rest", 30_000, async () => seen.push(await held()) >= 20);
  return {
    sockets: Math.min(...seen.map(({ sockets }) => sockets)),
    watches: Math.min(...seen.map(({ watches }) => watches)),
  };
}

test("eight hundred sockets opened eagerly at start; watches on every file of every project: neither here", async () => {
  const before = await restarted();
  for (let i = 1; i <= PROJECTS; i++) {
    const root = await mkdtemp(join(tmpdir(), "many-"));
    await writeFile(join(root, "mrmd.md"), "# Many\n");
    const page = "```python\nprint(1)\n```\n";
    for (let file = 1; file <= FILES; file++) await writeFile(join(root, `page-${file}.md`), `# Page\n\n${page}`);
    expect((await markco(place, "import", root, "--name", `many-${i}`)).status).toBe(0);
  }
  const after = await restarted();
  expect(after.sockets - before.sockets, "sockets for all of them together").toBeLessThan(PROJECTS / 2);
  expect(after.watches - before.watches, "watches for all of them together").toBeLessThan(PROJECTS / 2);
});
