import { expect, test } from "vitest";
import { escapeCell, type Place, parseTable, placeAt, rowsOf, textAt } from "./source.ts";
import { gridOf, gridOfReader } from "./testing.ts";

/** Tables as people write them, with what the grid shows of them. */
const WRITTEN: readonly [what: string, source: string, grid: string[][]][] = [
  [
    "outer pipes",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "no outer pipes",
    "a | b\n--|--\n1 | 2",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "one of them",
    "| a | b\n---|--- |\n1 | 2 |",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "columns in line",
    "| name   | n  |\n| :----- | -: |\n| longer | 10 |",
    [
      ["name", "n"],
      ["longer", "10"],
    ],
  ],
  [
    "escaped pipes",
    "| a \\| b | c |\n|---|---|\n| \\| | \\\\| |",
    [
      ["a \\| b", "c"],
      ["\\|", "\\\\|"],
    ],
  ],
  [
    "pipes in code",
    "| a | b |\n|---|---|\n| `x|y` | `x\\|y` |",
    [
      ["a", "b"],
      ["`x", "y`"],
    ],
  ],
  [
    "ragged rows",
    "| a | b | c |\n|---|---|---|\n| 1 |\n| 1 | 2 | 3 | 4 |\n|\n1",
    [
      ["a", "b", "c"],
      ["1", "", ""],
      ["1", "2", "3"],
      ["", "", ""],
      ["1", "", ""],
    ],
  ],
  [
    "empty cells",
    "|  | b |\n|---|---|\n||  |\n|   | x |",
    [
      ["", "b"],
      ["", ""],
      ["", "x"],
    ],
  ],
  [
    "other scripts",
    "| 名前 | 数 |\n|---|---|\n| 東京　| 👩‍👩‍👧 |",
    [
      ["名前", "数"],
      ["東京", "👩‍👩‍👧"],
    ],
  ],
  ["a head alone", "| a |\n|---|", [["a"]]],
  [
    "indentation and space behind",
    "  | a | b |  \n |---|---| \n   | 1 | 2 |\t",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
];

test.each(WRITTEN)("%s are read as on a page", (_what, source, grid) => {
  expect(gridOf(source)).toEqual(grid);
  expect(gridOfReader(source)).toEqual(grid.map((row) => row.map((text) => text.replaceAll("\\|", "|"))));
});

test.each([
  ["a paragraph", "a | b\nc | d"],
  ["a heading", "a\n---"],
  ["fewer columns in the rule", "| a | b |\n|---|"],
  ["two tables", "| a |\n|---|\n\n| a |\n|---|"],
  ["a list", "| a |\n- "],
  ["one line", "| a |"],
])("%s is no table", (_what, source) => {
  expect(parseTable(source)).toBeNull();
  if (!source.includes("\n\n")) expect(gridOfReader(source)).toBeNull();
});

test("columns have the sides that the dashes say", () => {
  expect(parseTable("|a|b|c|d|\n|:-|:-:|-:|-|")?.sides).toEqual(["left", "center", "right", null]);
});

test("each offset belongs to the cell around it", () => {
  const source = "| a | bb |\n|---|---|\n| 1 |\n| x |   |";
  const table = parseTable(source);
  if (!table) throw new Error("it is a table");
  const places = [...source, ""].map((_, at) => placeAt(table, at));
  const at = (text: string, by = 0) => places[source.indexOf(text) + by];
  expect(at("a")).toEqual({ row: 0, column: 0 });
  expect(at("bb", 2)).toEqual({ row: 0, column: 1 });
  expect(at("---")).toEqual({ row: 0, column: 0 });
  expect(at("1", 3)).toEqual({ row: 1, column: 0 });
  expect(at("x")).toEqual({ row: 2, column: 0 });
  expect(places.at(-1)).toEqual({ row: 2, column: 1 });
  const all: Place[] = [0, 1].flatMap((column) => [...Array(rowsOf(table)).keys()].map((row) => ({ row, column })));
  expect(all.map((place) => textAt(table, place))).toEqual(["a", "1", "x", "bb", "", ""]);
});

test("a text is escaped once, and breaks of lines are written as such", () => {
  expect(escapeCell("a|b")).toBe("a\\|b");
  expect(escapeCell(escapeCell("||"))).toBe("\\|\\|");
  expect(escapeCell("`a|b`\r\nc\nd")).toBe("`a\\|b`<br>c<br>d");
});
