/** Search in a project and replacing what was found, with documents open and closed, while others type. */
import { afterEach, describe, expect, test } from "vitest";
import { VersionList } from "../../../shared/editor/history.ts";
import {
  Replaced,
  type ReplacedDocument,
  SearchLine,
  type SearchQuery,
  Undone,
} from "../../../shared/editor/search.ts";
import { Workplace } from "./testing/workplace.ts";

let place: Workplace;
afterEach(() => place.dispose());

const WORDS: SearchQuery = {
  words: "",
  isExpression: false,
  matchesCase: false,
  wholeWords: false,
  replacement: null,
};

const ask = (query: Partial<SearchQuery>) =>
  place.ask("GET", `/search?query=${encodeURIComponent(JSON.stringify({ ...WORDS, ...query }))}`, undefined, "viewer");

async function search(query: Partial<SearchQuery>): Promise<SearchLine[]> {
  const { text } = await ask(query);
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => SearchLine.parse(JSON.parse(line)));
}
const counts = (lines: readonly SearchLine[]) =>
  Object.fromEntries(lines.flatMap((line) => (line.type === "document" ? [[line.path, line.count]] : [])));

async function replace(query: Partial<SearchQuery>, expected: Record<string, number>): Promise<Replaced> {
  const documents = Object.entries(expected).map(([path, count]) => ({ path, expected: count }));
  const { text } = await place.ask("POST", "/replace", { query: { ...WORDS, ...query }, documents });
  return Replaced.parse(JSON.parse(text));
}

const undo = async (documents: readonly ReplacedDocument[]) =>
  Undone.parse(JSON.parse((await place.ask("POST", "/undo-replace", { documents })).text));

describe("a search in a project", () => {
  test("looks through all texts, as they are at that moment", async () => {
    place = await Workplace.create({
      "a.md": "A tide.\n",
      "02-more/b.md": "\ufeffTide after\r\ntide.\r\n",
      "data.csv": "tide,1\n",
      "plot.png": new Uint8Array([0x74, 0x69, 0x64, 0x65, 0, 1]),
      "latin.txt": new Uint8Array([0x74, 0x69, 0x64, 0x65, 0xe9]),
      "_assets/generated/3f9a.html": "tide",
      "node_modules/x.js": "tide",
    });
    const ann = await place.browse("a.md").synced();
    ann.text.insert(0, "Typed: tide. ");
    await ann.synced();
    const lines = await search({ words: "tide" });
    expect(counts(lines)).toEqual({ "02-more/b.md": 2, "a.md": 2, "data.csv": 1 });
    expect(lines.at(-1)).toEqual({ type: "end", why: "done", at: null });
    const [b] = lines;
    // As the editor counts: a line ends in one character.
    expect(b?.type === "document" && b.matches.map(({ from, to, line }) => [from, to, line])).toEqual([
      [0, 4, 1],
      [11, 15, 2],
    ]);
  });

  test("says what a regular expression lacks", async () => {
    place = await Workplace.create({ "a.md": "" });
    const { status, text } = await ask({ words: "a(b", isExpression: true });
    expect(status).toBe(400);
    expect(text).toContain("this is not a regular expression: Unterminated group");
  });

  test("an expression that takes for ever is ended, with what was found until then, and holds nobody up", async () => {
    place = await Workplace.create({ "a.md": "aaa\n", "b.md": `${"a".repeat(40)}!\n`, "c.md": "aaa\n" });
    const ann = await place.browse("a.md").synced();
    const slow = search({ words: "^(a+)+$", isExpression: true });
    ann.text.insert(0, "Typed.\n");
    const before = performance.now();
    await ann.synced();
    expect(performance.now() - before).toBeLessThan(2_000);
    const lines = await slow;
    expect(counts(lines)).toEqual({ "a.md": 1 });
    expect(lines.at(-1)).toEqual({ type: "end", why: "slow", at: "b.md" });
    expect(counts(await search({ words: "typed" }))).toEqual({ "a.md": 1 });
  });

  test("shows so many, and says that there are more", async () => {
    const files = Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`${10 + i}.md`, "x ".repeat(150)]));
    place = await Workplace.create(files);
    const lines = await search({ words: "x" });
    expect(lines.filter(({ type }) => type === "document")).toHaveLength(20);
    expect(lines[0]).toMatchObject({ count: 150 });
    expect(lines.at(-1)).toMatchObject({ why: "many" });
  });
});

describe("replacing", () => {
  test("changes open and closed documents as edits of the person, and is in the files", async () => {
    place = await Workplace.create({ "a.md": "A tide, a tide.\n", "b.md": "Tide.\r\n", "c.md": "tide\n" });
    const ann = await place.browse("a.md").synced();
    const { documents, left } = await replace({ words: "tide", replacement: "wave" }, { "a.md": 2, "b.md": 1 });
    expect(left).toEqual([]);
    expect(documents.map(({ path, places }) => [path, places.length])).toEqual([
      ["a.md", 2],
      ["b.md", 1],
    ]);
    await ann.until(() => ann.text.toString() === "A wave, a wave.\n");
    await place.eventually("the files have it", async () => (await place.read("b.md")) === "wave.\r\n");
    expect(await place.read("c.md")).toBe("tide\n");
    const { text } = await place.ask("GET", "/versions?path=b.md");
    expect(VersionList.parse(JSON.parse(text)).current?.authors).toMatchObject([{ kind: "person", handle: "demo" }]);
  });

  test("is on disk once it is answered: a server that dies then has it when it is back", async () => {
    place = await Workplace.create({ "a.md": "tide\n" });
    await replace({ words: "tide", replacement: "wave" }, { "a.md": 1 });
    await place.killServer();
    await place.startServer();
    expect((await place.browse("a.md").synced()).text.toString()).toBe("wave\n");
  });

  test("leaves alone what looks otherwise than it did, and what is gone", async () => {
    place = await Workplace.create({ "a.md": "tide tide\n", "b.md": "tide\n" });
    const expected = { "a.md": 1, "b.md": 1, "gone.md": 1 };
    const { documents, left } = await replace({ words: "tide", replacement: "wave" }, expected);
    expect(documents.map(({ path }) => path)).toEqual(["b.md"]);
    expect(left).toEqual([
      { path: "a.md", why: "it has changed since" },
      { path: "gone.md", why: "there is no document gone.md" },
    ]);
    expect((await place.browse("a.md").synced()).text.toString()).toBe("tide tide\n");
  });

  test("loses nothing of what somebody types at the same time", async () => {
    place = await Workplace.create({ "a.md": `${"tide\n".repeat(500)}` });
    const ann = await place.browse("a.md").synced();
    const typed = Array.from({ length: 200 }, (_, i) => `<${i}>`);
    const replacing = replace({ words: "tide", replacement: "wave" }, { "a.md": 500 });
    for (const each of typed) {
      ann.text.insert(ann.text.toString().indexOf("\n", ann.text.length / 2) + 1, each);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { documents, left } = await replacing;
    await ann.synced();
    const words = documents.length === 1 ? "wave" : "tide";
    if (words === "tide") expect(left[0]?.why).toBe("somebody is typing in it");
    await ann.until(() => ann.text.toString().split(words).length === 501);
    for (const each of typed) expect(ann.text.toString()).toContain(each);
    expect(ann.text.length).toBe("tide\n".length * 500 + typed.join("").length);
  });

  test("by an expression that takes for ever changes nothing more", async () => {
    place = await Workplace.create({ "a.md": `${"a".repeat(40)}!\n`, "b.md": "aaa\n" });
    const { documents, left } = await replace(
      { words: "^(a+)+$", isExpression: true, replacement: "b" },
      { "a.md": 1, "b.md": 1 },
    );
    expect(documents).toEqual([]);
    expect(left).toEqual([
      { path: "a.md", why: "it takes too long to search" },
      { path: "b.md", why: "an earlier one took too long to search" },
    ]);
  });

  test("is undone where the text still has it", async () => {
    place = await Workplace.create({ "a.md": "tide one, tide two, Tide three\n", "b.md": "tide\n" });
    const ann = await place.browse("a.md").synced();
    const { documents } = await replace({ words: "tide", replacement: "wave" }, { "a.md": 3, "b.md": 1 });
    await ann.until(() => ann.text.toString().startsWith("wave"));
    ann.text.insert(0, "Typed: ");
    ann.text.insert(ann.text.toString().indexOf("wave two") + 2, "i");
    await ann.synced();
    expect(await undo(documents)).toEqual({ undone: 3, left: 1 });
    await ann.until(() => ann.text.toString().includes("Tide"));
    expect(ann.text.toString()).toBe("Typed: tide one, waive two, Tide three\n");
    // A second time there is nothing left of it.
    expect(await undo(documents)).toEqual({ undone: 0, left: 4 });
  });

  test("by nothing is undone, too", async () => {
    place = await Workplace.create({ "a.md": "one, two, three" });
    const { documents } = await replace({ words: ", ", replacement: "" }, { "a.md": 2 });
    const ann = await place.browse("a.md").synced();
    expect(ann.text.toString()).toBe("onetwothree");
    await undo(documents);
    await ann.until(() => ann.text.toString() === "one, two, three");
  });

  test("never makes a document that can't be opened again", async () => {
    place = await Workplace.create({ "a.md": "x".repeat(9_000) });
    const { left } = await replace({ words: "x", replacement: "y".repeat(1_000) }, { "a.md": 9_000 });
    expect(left).toEqual([{ path: "a.md", why: "it would be too large for the editor" }]);
  });
});
