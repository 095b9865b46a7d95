import { describe, expect, test } from "vitest";
import { type Cell, findCells } from "../../../../shared/document/cells.ts";
import { applyChanges, type TextChange } from "../../../../shared/document/changes.ts";
import { frontMatterBlock } from "../../../../shared/document/front-matter-block.ts";
import { Random } from "../../server/testing/random.ts";
import { layOut } from "../blocks/lay-out.ts";
import {
  type Carried,
  clearOutputs,
  closeCell,
  deleteCell,
  type Edit,
  endOf,
  insertCell,
  moveCell,
  splitCell,
} from "./edits.ts";
import { blocksOf } from "./known.ts";

const context = { resolvePage: () => null, resolveAsset: (path: string) => path };
const LINKED = "![plot](_assets/generated/0123456789ab.png)";
const FIRST = "```python\nprint(1)\nx = 2\n```\n\n```output\n1\n```";
const SECOND = "```r gpu\nplot(y)\n```";

function cellOf(source: string, number: number): Cell {
  const cell = findCells(source)[number - 1];
  if (!cell) throw new Error(`there is no cell ${number}`);
  return cell;
}

/** The text after the edit, with `|` at the cursor. */
function after(source: string, edit: Edit | null): string | null {
  if (!edit) return null;
  const text = applyChanges(source, edit.changes);
  return `${text.slice(0, edit.cursor)}|${text.slice(edit.cursor)}`;
}

function move(source: string, number: number, direction: -1 | 1, carried: Carried = "cell"): Edit | null {
  const cells = findCells(source);
  const cell = cellOf(source, number);
  const start = frontMatterBlock(source)?.to ?? 0;
  const ends = cells.map((each) => ({ from: each.fence.from, to: endOf(each) }));
  const blocks = blocksOf(layOut(source, "a.md", context), ends).filter(({ from }) => from >= start);
  const at = blocks.findIndex(({ from, to }) => from <= cell.fence.from && cell.fence.from <= to);
  const input = { cursor: cell.fence.textFrom, carried, generated: "generated" };
  return moveCell(source, blocks, at, direction, input);
}

test.each([
  ["```python\nx\n\n", "```python\nx\n```\n\n"],
  ["```python\nx", "```python\nx\n```"],
  ["```python", "```python\n```"],
  ["a\n\n~~~~r\ny\n", "a\n\n~~~~r\ny\n~~~~\n"],
  ["- a\n\n  ```r\n  y", "- a\n\n  ```r\n  y\n  ```"],
])("a cell without a closing fence gets one: %j", (source, closed) => {
  const cell = cellOf(source, 1);
  expect(cell.fence.closed).toBe(false);
  const text = applyChanges(source, closeCell(source, cell));
  expect(text).toBe(closed);
  expect(cellOf(text, 1).fence).toMatchObject({ closed: true, info: cell.fence.info });
});

describe("a cell moves with its output", () => {
  test.each(["cell", "others"] as const)("past a paragraph, by carrying the %s", (carried) => {
    const source = `# A\n\n${FIRST}\n\nProse.\nMore.\n\n${SECOND}\n`;
    const moved = `# A\n\nProse.\nMore.\n\n${FIRST.replace("print", "|print")}\n\n${SECOND}\n`;
    expect(after(source, move(source, 1, 1, carried))).toBe(moved);
    const plain = moved.replace("|", "");
    expect(after(plain, move(plain, 1, -1, carried))).toBe(source.replace("print", "|print"));
  });

  test("past another cell with its output", () => {
    const source = `${FIRST}\n\n${SECOND}\n\n${LINKED}\n\nend\n`;
    const swapped = `${SECOND}\n\n${LINKED}\n\n${FIRST}\n\nend\n`;
    expect(after(source, move(source, 1, 1))?.replace("|", "")).toBe(swapped);
    expect(after(swapped, move(swapped, 1, 1))?.replace("|", "")).toBe(source);
    expect(after(source, move(source, 2, -1))).toContain("```r gpu\n|plot(y)\n```");
  });

  test("where no blank lines are, they come", () => {
    const source = "one\n```r\n1\n```\ntwo\nthree";
    expect(after(source, move(source, 1, 1))).toBe("one\n\ntwo\nthree\n\n```r\n|1\n```");
    expect(after(source, move(source, 1, -1))).toBe("```r\n|1\n```\n\none\n\ntwo\nthree");
  });

  test("not past the document's ends, nor above its front matter", () => {
    const source = `---\ntitle: T\n---\n\n${SECOND}\n`;
    expect(move(source, 1, -1)).toBeNull();
    expect(move(source, 1, 1)).toBeNull();
  });

  test("further, where it would get the output of nobody", () => {
    const source = `${SECOND}\n\nProse.\n\n\`\`\`output\nof nobody\n\`\`\`\n\nend\n`;
    expect(after(source, move(source, 1, 1))).toBe(
      `Prose.\n\n\`\`\`output\nof nobody\n\`\`\`\n\n${SECOND.replace("plot", "|plot")}\n\nend\n`,
    );
  });
});

describe("a new cell", () => {
  test("has the language and session of its neighbour, and stands behind that one's output", () => {
    const source = `${FIRST}\n\n${SECOND}\nend\n`;
    expect(after(source, insertCell(source, cellOf(source, 1), "below"))).toBe(
      `${FIRST}\n\n\`\`\`python\n|\n\`\`\`\n\n${SECOND}\nend\n`,
    );
    expect(after(source, insertCell(source, cellOf(source, 2), "above"))).toBe(
      `${FIRST}\n\n\`\`\`r gpu\n|\n\`\`\`\n\n${SECOND}\nend\n`,
    );
    expect(after(source, insertCell(source, cellOf(source, 2), "below"))).toBe(
      `${FIRST}\n\n${SECOND}\n\n\`\`\`r gpu\n|\n\`\`\`\n\nend\n`,
    );
  });

  test("belongs to the quote or the item of its neighbour", () => {
    const quoted = "> ~~~r\n> 1\n> ~~~\n> end\n";
    expect(after(quoted, insertCell(quoted, cellOf(quoted, 1), "below"))).toBe(
      "> ~~~r\n> 1\n> ~~~\n>\n> ~~~r\n> |\n> ~~~\n>\n> end\n",
    );
    const item = "- ```r\n  1\n  ```\n";
    expect(after(item, insertCell(item, cellOf(item, 1), "above"))).toBe("- ```r\n  |\n  ```\n\n  ```r\n  1\n  ```\n");
  });
});

describe("a cell is split", () => {
  test.each([
    ["```py a\none\n|two\n```\n", "```py a\none\n```\n\n```py a\n|two\n```\n"],
    ["```py\none|\ntwo\n```\n", "```py\none\n```\n\n```py\n|two\n```\n"],
    ["```py\none two|three\n```\n", "```py\none two\n```\n\n```py\n|three\n```\n"],
    ["```py\none|\n```\n", "```py\none\n```\n\n```py\n|\n```\n"],
    ["````py\n|one\n````\n", "````py\n````\n\n````py\n|one\n````\n"],
    ["> ```py\n> one\n> |two\n> ```\n", "> ```py\n> one\n> ```\n>\n> ```py\n> |two\n> ```\n"],
    ["- ```py\n  one|\n  two\n  ```\n", "- ```py\n  one\n  ```\n\n  ```py\n  |two\n  ```\n"],
  ])("%j", (before, expected) => {
    const source = before.replace("|", "");
    expect(after(source, splitCell(source, cellOf(source, 1), before.indexOf("|")))).toBe(expected);
  });

  test("and its output stays behind the second half", () => {
    const source = `${FIRST}\n`;
    expect(after(source, splitCell(source, cellOf(source, 1), source.indexOf("x = 2")))).toBe(
      "```python\nprint(1)\n```\n\n```python\n|x = 2\n```\n\n```output\n1\n```\n",
    );
  });

  test("not where the cursor is not in its code", () => {
    expect(splitCell(FIRST, cellOf(FIRST, 1), 3)).toBeNull();
    expect(splitCell(FIRST, cellOf(FIRST, 1), FIRST.indexOf("\n\n"))).toBeNull();
  });
});

test.each([
  [`one\n\n${FIRST}\n\ntwo\n`, "one\n\n|two\n"],
  [`one\n${SECOND}\ntwo\n`, "one\n|\ntwo\n"],
  [`one\n${SECOND}\n\ntwo\n`, "one\n|\ntwo\n"],
  [`one\n\n${SECOND}\ntwo\n`, "one\n\n|two\n"],
  [`${FIRST}\n\ntwo\n`, "|two\n"],
  [`one\n\n${FIRST}\n`, "one\n\n|"],
  ["> ```r\n> 1\n> ```\n> end\n", "> |\n> end\n"],
])("without its cell, %j is %j", (source, expected) => {
  expect(after(source, deleteCell(source, cellOf(source, 1)))).toBe(expected);
});

test("cleared outputs leave all that is a person's", () => {
  const source = `a\n\n${FIRST}\n\nb\n\n${SECOND}\n\n${LINKED}\n\n![mine](me.png)\n`;
  const changes = clearOutputs(source, findCells(source));
  expect(applyChanges(source, changes)).toBe(
    `a\n\n\`\`\`python\nprint(1)\nx = 2\n\`\`\`\n\nb\n\n${SECOND}\n\n![mine](me.png)\n`,
  );
  expect(clearOutputs(source, [cellOf(source, 2)])).toHaveLength(1);
});

/** Blocks that stand in any order; each names itself, so that none is taken for another. */
const BLOCKS: readonly ((n: number) => string)[] = [
  (n) => `Prose ${n} *so*\nand ${n}.`,
  (n) => `## Heading ${n}`,
  (n) => `> quote ${n}`,
  (n) => `| a${n} | b |\n|---|---|\n| 1 | 2 |`,
  (n) => `\`\`\`text\nnot a cell ${n}\n\`\`\``,
  (n) => `$$\nx_{${n}}\n$$`,
  (n) => `\`\`\`python\ncell(${n})\n\`\`\``,
  (n) => `\`\`\`python\ncell(${n})\nagain\n\`\`\`\n\n\`\`\`output\nout ${n}\n\`\`\``,
  (n) => `~~~r side\ncell(${n})\n~~~\n\n\`\`\`\`output\n\`\`\` ${n}\n\`\`\`\`\n\n${LINKED}`,
  (n) => `\`\`\`html\n<b>${n}</b>\n\`\`\``,
];

function anyDocument(random: Random): string {
  const count = 2 + random.below(7);
  let source = random.below(4) === 0 ? "---\ntitle: T\n---\n\n" : "";
  for (let n = 0; n < count; n++) {
    source += BLOCKS[random.below(BLOCKS.length)]?.(n);
    source += n < count - 1 || random.below(2) === 0 ? "\n".repeat(2 + random.below(2)) : "";
  }
  return source;
}

/** Each cell with its output, and all lines of what is no cell. */
function contentOf(source: string) {
  const cells = findCells(source);
  let rest = source;
  for (const cell of cells.toReversed()) rest = rest.slice(0, cell.fence.from) + rest.slice(endOf(cell));
  return {
    cells: cells.map(
      ({ fence, owned }) => `${fence.info}\n${fence.text}\n${source.slice(owned.from, owned.to).trim()}`,
    ),
    rest: rest.split("\n").filter((line) => line.trim() !== ""),
  };
}

describe("whatever is done to a cell of any document, all others keep their text and outputs", () => {
  const seeds = Array.from({ length: 300 }, (_, seed) => seed);
  /** A document that has a cell, one of its cells, and what is in it. */
  function pick(seed: number) {
    const random = new Random(seed);
    for (;;) {
      const source = anyDocument(random);
      const cells = findCells(source);
      const cell = cells[random.below(Math.max(1, cells.length))];
      if (cell) return { random, source, cell, before: contentOf(source) };
    }
  }
  const apply = (source: string, changes: readonly TextChange[]) => contentOf(applyChanges(source, changes));

  test("moved", () => {
    let moves = 0;
    for (const seed of seeds) {
      const { random, source, cell, before } = pick(seed);
      const edit = move(source, cell.number, random.below(2) === 0 ? 1 : -1, random.below(2) === 0 ? "cell" : "others");
      if (!edit) continue;
      moves++;
      const after = apply(source, edit.changes);
      expect(after.cells.toSorted()).toEqual(before.cells.toSorted());
      expect(after.rest).toEqual(before.rest);
      const text = applyChanges(source, edit.changes);
      expect(text.slice(edit.cursor)).toMatch(new RegExp(`^${cell.fence.text.split("\n")[0]?.replace(/\W/g, "\\$&")}`));
      expect(text).not.toBe(source);
    }
    expect(moves).toBeGreaterThan(150);
  });

  test("deleted", () => {
    for (const seed of seeds) {
      const { source, cell, before } = pick(seed);
      const after = apply(source, deleteCell(source, cell).changes);
      expect(after.cells).toEqual(before.cells.toSpliced(cell.number - 1, 1));
      expect(after.rest).toEqual(before.rest);
    }
  });

  test("given a neighbour", () => {
    for (const seed of seeds) {
      const { random, source, cell, before } = pick(seed);
      const side = random.below(2) === 0 ? "above" : "below";
      const edit = insertCell(source, cell, side);
      const after = apply(source, edit.changes);
      const at = cell.number - (side === "above" ? 1 : 0);
      expect(after.cells[at]?.trim()).toBe(cell.fence.info);
      expect(after.cells.toSpliced(at, 1)).toEqual(before.cells);
      expect(after.rest).toEqual(before.rest);
    }
  });

  test("split", () => {
    for (const seed of seeds) {
      const { random, source, cell, before } = pick(seed);
      const { fence, owned } = cell;
      const edit = splitCell(source, cell, fence.textFrom + random.below(fence.text.length + 1));
      const after = apply(source, edit?.changes ?? []);
      expect(after.cells).toHaveLength(before.cells.length + 1);
      const [first, second] = after.cells.slice(cell.number - 1);
      const code = (text: string | undefined) => text?.split("\n").slice(1).join("");
      expect(`${code(first)}${code(second)}`).toBe(code(before.cells[cell.number - 1]));
      expect(second?.endsWith(source.slice(owned.from, owned.to).trim())).toBe(true);
      expect(after.cells.toSpliced(cell.number - 1, 2)).toEqual(before.cells.toSpliced(cell.number - 1, 1));
      expect(after.rest).toEqual(before.rest);
    }
  });

  test("cleared, one and all", () => {
    for (const seed of seeds) {
      const { source, cell, before } = pick(seed);
      const bare = (text: string, { fence }: Cell) => text.slice(0, fence.info.length + fence.text.length + 2);
      const one = apply(source, clearOutputs(source, [cell]));
      expect(one.cells).toEqual(before.cells.with(cell.number - 1, bare(before.cells[cell.number - 1] ?? "", cell)));
      const cells = findCells(source);
      const all = apply(source, clearOutputs(source, cells));
      expect(all.cells).toEqual(before.cells.map((text, i) => bare(text, cells[i] ?? cell)));
      expect([one.rest, all.rest]).toEqual([before.rest, before.rest]);
    }
  });
});
