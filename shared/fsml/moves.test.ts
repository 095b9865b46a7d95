import { describe, expect, test } from "vitest";
import { applyChanges } from "../document/changes.ts";
import { type Destination, planMove, planRename, renamed } from "./moves.ts";
import { compareNames } from "./name.ts";
import { layoutOf, relinked } from "./relink.ts";
import { resolvePageLink, resolveWikiLink } from "./resolve.ts";
import { layOutSite } from "./site.ts";
import { buildTree } from "./tree.ts";

const THESIS = [
  "mrmd.md",
  "01-a.md",
  "02-b.md",
  "03-c.md",
  "04-sec/01-x.md",
  "04-sec/02-y.md",
  "data.csv",
  "_drafts/d.md",
];
const move = (path: string, folder: string, before?: string | null, paths: readonly string[] = THESIS) =>
  planMove(paths, path, { folder, before }).map(({ from, to }) => `${from} → ${to}`);

describe("a move names anew", () => {
  test("only what is moved, where a number is free", () => {
    expect(move("01-a.md", "", null)).toEqual(["01-a.md → 05-a.md"]);
    expect(move("04-sec/02-y.md", "", null)).toEqual(["04-sec/02-y.md → 05-y.md"]);
    expect(move("3-c.md", "", "9-i.md", ["1-a.md", "3-c.md", "5-e.md", "9-i.md"])).toEqual(["3-c.md → 6-c.md"]);
  });

  test("the neighbours that stand in its way, and no others", () => {
    expect(move("03-c.md", "", "02-b.md")).toEqual(["03-c.md → 02-c.md", "02-b.md → 03-b.md"]);
    expect(move("04-sec", "", "01-a.md")).toEqual([
      "04-sec → 01-sec",
      "01-a.md → 02-a.md",
      "02-b.md → 03-b.md",
      "03-c.md → 04-c.md",
    ]);
    expect(move("b.md", "", "a.md", ["01-x.md", "a.md", "b.md", "c.md"])).toEqual(["b.md → 02-b.md"]);
  });

  test("nothing where all stands in that order already", () => {
    expect(move("02-b.md", "", "03-c.md")).toEqual([]);
    expect(move("01-a.md", "", "02-b.md")).toEqual([]);
    expect(move("b.md", "", null, ["a.md", "b.md"])).toEqual([]);
  });

  test("with as many digits as its new neighbours have, and keeps what joins number and name", () => {
    expect(move("02_b.md", "", "001-a.md", ["001-a.md", "02_b.md"])).toEqual([
      "02_b.md → 001_b.md",
      "001-a.md → 002-a.md",
    ]);
  });

  test("files that programs know by their names never", () => {
    expect(move("data.csv", "04-sec", "01-x.md")).toEqual(["data.csv → 04-sec/data.csv"]);
    expect(move("01-a.md", "_drafts")).toEqual(["01-a.md → _drafts/01-a.md"]);
    expect(move("_drafts/d.md", "", null)).toEqual(["_drafts/d.md → d.md"]);
  });

  test("into a folder that is not there yet", () => {
    expect(move("01-a.md", "05-new", null)).toEqual(["01-a.md → 05-new/01-a.md"]);
  });
});

test.each([
  ["nowhere.md", "", null, /no file nowhere/],
  ["04-sec", "04-sec", null, /into itself/],
  ["04-sec", "04-sec/deeper", null, /into itself/],
  ["01-a.md", "02-b.md", null, /is a file/],
  ["01-a.md", "../out", null, /"\.\."/],
  ["01-a.md", ".git", null, /for tools/],
  ["01-a.md", "", "no.md", /no no\.md to stand before/],
  ["mrmd.md", "04-sec", null, /stays/],
  ["data.csv", "in", null, /already/],
] as const)("%s into %j before %j is refused", (path, folder, before, why) => {
  expect(() => move(path, folder, before, [...THESIS, "in/data.csv"])).toThrow(why);
});

test("a name is refused that is taken, that is no name, or that is for tools", () => {
  expect(planRename(THESIS, "04-sec", "04-part")).toEqual([{ from: "04-sec", to: "04-part" }]);
  expect(() => planRename(THESIS, "01-a.md", "02-b.md")).toThrow(/already/);
  expect(() => planRename(THESIS, "01-a.md", "04-sec")).toThrow(/already/);
  expect(() => planRename(THESIS, "01-a.md", "x/y.md")).toThrow(/no slash/);
  expect(() => planRename(THESIS, "01-a.md", "..")).toThrow(/"\.\."/);
  expect(() => planRename(THESIS, "01-a.md", "")).toThrow();
  expect(() => planRename(THESIS, "01-a.md", ".x")).toThrow(/tools/);
});

/** The same numbers from 0 to 1 for the same seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const site = (paths: readonly string[]) => layOutSite({ paths, titles: new Map(), projectTitle: "T" });
function after(source: string, file: string, paths: readonly string[], renames: ReturnType<typeof planMove>): string {
  const now = paths.map((path) => renamed(renames, path));
  const relinking = { renames, before: layoutOf(site(paths), paths), after: layoutOf(site(now), now) };
  return applyChanges(source, relinked(source, file, relinking));
}

describe("links follow", () => {
  const paths = ["01-a.md", "02-sec/01-b.md", "02-sec/02-c d.md", "_assets/p (1).png", "03-x/index.md"];
  const swap = planMove(paths, "02-sec", { folder: "", before: "01-a.md" });
  test.each([
    ["[b](02-sec/01-b.md#part) ![p](<_assets/p (1).png>)", "[b](01-sec/01-b.md#part) ![p](<_assets/p (1).png>)"],
    ['[b](./02-sec/01-b.md "title")', '[b](./01-sec/01-b.md "title")'],
    ["[r]\n\n[r]: /02-sec/01-b.md", "[r]\n\n[r]: /01-sec/01-b.md"],
    ["<a href='02-sec/02-c%20d.md'>x</a>", "<a href='01-sec/02-c%20d.md'>x</a>"],
    [
      "[u](sec/b) [f](02-sec/) [web](https://x.org/02-sec/01-b.md)",
      "[u](sec/b) [f](01-sec/) [web](https://x.org/02-sec/01-b.md)",
    ],
    ["[[b]] [[sec/b#h|l]] [[next]] [[gone]]", "[[b]] [[sec/b#h|l]] [[next]] [[gone]]"],
    ["[[02-sec/01-b.md]] [[02-sec/01-b]]", "[[01-sec/01-b.md]] [[01-sec/01-b]]"],
    ["`[b](02-sec/01-b.md)`\n\n```\n[[02-sec/01-b.md]]\n```", "`[b](02-sec/01-b.md)`\n\n```\n[[02-sec/01-b.md]]\n```"],
    ["| [[02-sec/01-b.md\\|b]] |\n|---|", "| [[01-sec/01-b.md\\|b]] |\n|---|"],
  ])("%j", (source, wanted) => {
    expect(after(source, "01-a.md", paths, swap)).toBe(wanted);
  });

  test("from a document that moves itself, also to pictures", () => {
    const into = planMove(paths, "01-a.md", { folder: "02-sec", before: null });
    expect(after("![p](_assets/p%20%281%29.png) [b](02-sec/01-b.md) [self](01-a.md#x)", "01-a.md", paths, into)).toBe(
      "![p](../_assets/p%20%281%29.png) [b](01-b.md) [self](03-a.md#x)",
    );
  });

  test("a name that means another page by now gets its path", () => {
    const two = ["01-a.md", "02-s/01-i.md", "03-t/01-i.md"];
    const plan = planMove(two, "01-a.md", { folder: "03-t", before: null });
    expect(after("[[i]] [[s/i]]", "01-a.md", two, plan)).toBe("[[s/i]] [[s/i]]");
  });

  test("and a new name", () => {
    const plan = planRename(paths, "02-sec/01-b.md", "01-neu (2).md");
    expect(after("[[b]] [x](02-sec/01-b.md) [u](sec/b)", "01-a.md", paths, plan)).toBe(
      "[[neu (2)]] [x](02-sec/01-neu%20%282%29.md) [u](sec/neu%20%282%29)",
    );
  });
});

test("whatever is moved: it stands where it was wanted, nothing is overwritten, and every link leads where it led", () => {
  for (let seed = 1; seed <= 400; seed++) {
    const random = numbers(seed);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
    const names = ["01-a.md", "02-b.md", "2-c.md", "10-d.md", "e.md", "f.qmd", "index.md", "data.csv", "_g.md"];
    const folders = ["", "01-s/", "02-t/", "u/", "_v/", "02-t/1-w/"];
    const paths = [...new Set(Array.from({ length: 14 }, () => pick(folders) + pick(names)))];
    const path = random() < 0.3 ? pick(paths).replace(/\/[^/]*$/, "") : pick(paths);
    const target = { folder: pick(folders).replace(/\/$/, ""), before: null } satisfies Destination;
    const siblings = buildTree(paths).children.map(({ name }) => name);
    const wanted: Destination = target.folder === "" && random() < 0.7 ? { ...target, before: pick(siblings) } : target;
    let renames: ReturnType<typeof planMove>;
    try {
      renames = planMove(paths, path, wanted);
    } catch {
      continue;
    }
    const now = paths.map((each) => renamed(renames, each));
    expect(new Set(now).size, `seed ${seed}`).toBe(paths.length);
    const moved = renamed(renames, path);
    const order = buildTree(now);
    const inFolder = wanted.folder === "" ? order.children.map(({ name }) => name) : [];
    const next = wanted.before === null ? undefined : renamed(renames, wanted.before ?? "");
    if (next && next !== moved && !/csv|index|_/.test(`${moved}${next}`))
      expect(inFolder.indexOf(moved), `seed ${seed}`).toBeLessThan(inFolder.indexOf(next));
    expect(
      [...order.children].sort(
        (a, b) => Number(a.name.startsWith("_")) - Number(b.name.startsWith("_")) || compareNames(a, b),
      ),
    ).toEqual(order.children);

    const from = pick(paths.filter((each) => each.endsWith("md")).concat("x.md"));
    const links = Array.from({ length: 6 }, () => {
      const to = pick(paths);
      return random() < 0.5 ? `[[${to.replace(/.*\//, "").replace(/^\d+-|\.\w+$/g, "")}]]` : `[l](/${to})`;
    });
    const before = links.join("\n");
    const text = after(before, from, paths, renames);
    const leads = (source: string, at: string, files: readonly string[]) => {
      const laid = site(files);
      const page = laid.pages.find(({ file }) => file === at) ?? { file: at, url: "", title: "" };
      return source.split("\n").map((line) => {
        const wiki = /\[\[(.*)\]\]/.exec(line)?.[1];
        const href = /\]\(\/(.*)\)/.exec(line)?.[1];
        if (wiki !== undefined) return resolveWikiLink(laid, page, wiki)?.file ?? null;
        return files.includes(decodeURIComponent(href ?? ""))
          ? decodeURIComponent(href ?? "")
          : (resolvePageLink(laid, page, `/${href}`)?.file ?? null);
      });
    };
    const [was, is] = [leads(before, from, paths), leads(text, renamed(renames, from), now)];
    const pages = site(now);
    for (const [i, file] of was.entries())
      if (file !== null && (links[i]?.startsWith("[l]") || pages.indexOf(renamed(renames, file)) >= 0))
        expect(is[i], `seed ${seed}: ${links[i]}`).toBe(renamed(renames, file));
  }
});
