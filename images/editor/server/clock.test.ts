/** A clock that jumps, as on a machine that wakes up, or whose time is set: the server's own Date is moved (testing/set-clock.ts). */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { VersionList, VersionText } from "../../../shared/editor/history.ts";
import { ScriptedKernel } from "./testing/scripted-kernel.ts";
import { Workplace } from "./testing/workplace.ts";

const CELLS = "```python\nsay one\n```\n\n```python\nsay two\n```\n";
const PRELOAD = ["--import", join(import.meta.dirname, "testing", "set-clock.ts")];
const HOUR_MS = 3_600_000;
const YEARS_MS = 30 * 365 * 24 * HOUR_MS;

let place: Workplace;
beforeEach(async () => {
  place = await Workplace.create({ "a.md": CELLS }, new ScriptedKernel().run);
  await setClock(0);
  await place.killServer("SIGTERM");
  await place.startServer(PRELOAD);
});
afterEach(() => place.dispose());

const setClock = (aheadMs: number) => writeFile(join(place.root, "run", "clock"), String(aheadMs));
const keep = async () => expect((await place.ask("POST", "/keep", { path: "a.md" })).status).toBe(200);

async function versions() {
  const list = VersionList.parse(JSON.parse((await place.ask("GET", "/versions?path=a.md")).text)).versions;
  const textOf = async (id: number) =>
    VersionText.parse(JSON.parse((await place.ask("GET", `/version?path=a.md&version=${id}`)).text)).text;
  return Promise.all(list.map(async ({ id, ended }) => ({ ended, text: await textOf(id) })));
}

test.each([
  ["back by hours", -5 * HOUR_MS],
  ["back by years", -YEARS_MS],
  ["ahead by hours", 5 * HOUR_MS],
  ["ahead by years", YEARS_MS],
])("a clock that jumps %s and back again loses no edit and no version, and turns no run around", async (_, jumpMs) => {
  const [ann, bob] = [await place.browse("a.md").synced(), await place.browse("a.md").synced()];
  const write = async (line: string) => {
    ann.text.insert(0, `${line}\n`);
    await ann.synced();
    await bob.until(() => bob.text.toString().startsWith(line));
    await keep();
  };
  await write("before");
  await setClock(jumpMs);
  await write("in between");
  const moved = (await versions()).at(-1)?.ended ?? "";
  expect(Math.abs(Date.parse(moved) - Date.now() - jumpMs)).toBeLessThan(HOUR_MS);
  await place.run("a.md", 1);
  await place.killServer();
  await setClock(0);
  await place.startServer(PRELOAD);

  const back = await place.browse("a.md", { doc: ann.doc, lineage: ann.greeting?.lineage ?? "" }).synced();
  expect(back.text.toString()).toMatch(/^in between\nbefore\n/);
  back.text.insert(0, "after\n");
  await back.synced();
  await keep();
  await place.eventually("the file has it all", async () => (await place.read("a.md")) === back.text.toString());
  const texts = (await versions()).map(({ text }) => text.slice(0, text.indexOf("```")));
  expect(texts).toEqual([
    "",
    "before\n",
    "in between\nbefore\n",
    "in between\nbefore\n",
    "after\nin between\nbefore\n",
  ]);

  await place.run("a.md", 2);
  // Had the second run been dated before the first, it would count as one that had not seen it.
  await place.run("a.md", null, { which: "stale" });
  expect(place.daemon.ran).toEqual(["say one", "say two"]);
});
