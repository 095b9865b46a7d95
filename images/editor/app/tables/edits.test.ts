import { describe, expect, test } from "vitest";
import {
  alignColumn,
  type Change,
  canMoveColumn,
  canMoveRow,
  deleteColumn,
  deleteRow,
  insertColumn,
  insertRow,
  moveColumn,
  moveRow,
  writeCell,
} from "./edits.ts";
import { type Place, rowsOf, SIDES, type Table } from "./source.ts";
import {
  apply,
  below,
  gridOf,
  gridOfReader,
  type Random,
  random,
  randomTable,
  randomText,
  tableOf,
} from "./testing.ts";

const done = (source: string, change: (table: Table) => readonly Change[]) => apply(source, change(tableOf(source)));
const at = (row: number, column: number): Place => ({ row, column });

const TABLE = "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |";

describe("a table's markdown", () => {
  test("has one cell changed, and all else as it was", () => {
    expect(done(TABLE, (table) => writeCell(table, at(1, 1), "two"))).toBe(TABLE.replace("2", "two"));
    expect(done(TABLE, (table) => writeCell(table, at(0, 0), ""))).toBe(TABLE.replace("a", ""));
  });

  test("has room around what is written into an empty cell", () => {
    expect(done("|a||\n|-|-|\n|  |   |", (table) => writeCell(table, at(0, 1), "b"))).toBe("|a| b |\n|-|-|\n|  |   |");
    expect(done("|a||\n|-|-|\n|  |   |", (table) => writeCell(table, at(1, 0), "b"))).toBe("|a||\n|-|-|\n| b |   |");
  });

  test("has a row filled up to the cell that is written", () => {
    const source = "| a | b | c |\n|---|---|---|\n| 1 |\nx";
    expect(done(source, (table) => writeCell(table, at(1, 2), "3"))).toBe(source.replace("| 1 |", "| 1 |  | 3 |"));
    expect(done(source, (table) => writeCell(table, at(2, 1), "y"))).toBe(source.replace("\nx", "\nx | y"));
    expect(done(source, (table) => writeCell(table, at(2, 1), ""))).toBe(source);
  });

  test("has pipes where a row would begin something else without", () => {
    const source = "a | b\n--|--\nc | d";
    expect(done(source, (table) => writeCell(table, at(1, 0), "- x"))).toBe("a | b\n--|--\n| - x | d");
    expect(done(source, (table) => writeCell(table, at(0, 1), ""))).toBe("a |  |\n--|--\nc | d");
    expect(done(source, (table) => deleteColumn(table, 1))).toBe("| a\n--\nc");
  });

  test("has a backslash at a cell's end kept off the pipe", () => {
    expect(done("|a|b|\n|-|-|", (table) => writeCell(table, at(0, 0), "a\\"))).toBe("|a\\ |b|\n|-|-|");
  });

  test("has a line more with a row more, one less with one less", () => {
    expect(done(TABLE, (table) => insertRow(table, 1))).toBe(TABLE.replace("\n| 1", "\n|  |  |\n| 1"));
    expect(done(TABLE, (table) => insertRow(table, 3))).toBe(`${TABLE}\n|  |  |`);
    expect(done(TABLE, (table) => deleteRow(table, 1))).toBe("| a | b |\n|---|---|\n| 3 | 4 |");
    expect(done(TABLE, (table) => deleteRow(table, 2))).toBe("| a | b |\n|---|---|\n| 1 | 2 |");
  });

  test("keeps a row in place that is moved: the other one goes around it", () => {
    const moved = "| a | b |\n|---|---|\n| 3 | 4 |\n| 1 | 2 |";
    expect(done(TABLE, (table) => moveRow(table, 1, 1))).toBe(moved);
    expect(done(TABLE, (table) => moveRow(table, 2, -1))).toBe(moved);
    expect([canMoveRow(tableOf(TABLE), 1, -1), canMoveRow(tableOf(TABLE), 2, 1)]).toEqual([false, false]);
  });

  test("has each line changed in one place for a column", () => {
    expect(done(TABLE, (table) => insertColumn(table, 1))).toBe(
      "| a |  | b |\n|---| --- |---|\n| 1 |  | 2 |\n| 3 |  | 4 |",
    );
    expect(done("a | b\n--|--\n1 | 2", (table) => insertColumn(table, 2))).toBe("a | b |  |\n--|-- | ---\n1 | 2 |  |");
    expect(done(TABLE, (table) => deleteColumn(table, 0))).toBe("| b |\n|---|\n| 2 |\n| 4 |");
    expect(done(TABLE, (table) => moveColumn(table, 0, 1))).toBe(done(TABLE, (table) => moveColumn(table, 1, -1)));
    expect(gridOf(done(TABLE, (table) => moveColumn(table, 0, 1)))[0]).toEqual(["b", "a"]);
    expect(canMoveColumn(tableOf(TABLE), 1, 1)).toBe(false);
  });

  test("has the colons of a column's side", () => {
    const rule = (source: string) => source.split("\n")[1];
    const sides = [...SIDES, null].map((side) => rule(done(TABLE, (table) => alignColumn(table, 1, side))));
    expect(sides).toEqual(["|---|:---|", "|---|:---:|", "|---|---:|", "|---|---|"]);
    expect(rule(done("|a|\n|:-:|", (table) => alignColumn(table, 0, null)))).toBe("|--|");
  });
});

/** What is done, and what it makes of the grid. */
interface Step {
  readonly changes: readonly Change[];
  readonly grid: string[][];
  readonly sides: Table["sides"];
}

/** One thing that can be done to the table, or null. */
function randomStep(table: Table, next: Random): Step | null {
  const grid = gridOf(table.source);
  const sides = table.sides;
  const [row, column] = [below(next, rowsOf(table)), below(next, sides.length)];
  const by = next() < 0.5 ? 1 : -1;
  const columns = (change: <T>(cells: readonly T[], empty: T) => T[]) => ({
    grid: grid.map((cells) => change(cells, "")),
    sides: change<Table["sides"][number]>(sides, null),
  });
  switch (below(next, 8)) {
    case 0: {
      const text = randomText(next);
      const written = grid.map((cells, i) => cells.map((old, j) => (i === row && j === column ? text : old)));
      return { changes: writeCell(table, { row, column }, text), grid: written, sides };
    }
    case 1:
      return {
        changes: insertRow(table, row + 1),
        grid: grid.toSpliced(
          row + 1,
          0,
          sides.map(() => ""),
        ),
        sides,
      };
    case 2:
      return row === 0 ? null : { changes: deleteRow(table, row), grid: grid.toSpliced(row, 1), sides };
    case 3:
      return canMoveRow(table, row, by)
        ? { changes: moveRow(table, row, by), grid: swapped(grid, row, by), sides }
        : null;
    case 4: {
      const to = column + below(next, 2);
      return { changes: insertColumn(table, to), ...columns((cells, empty) => cells.toSpliced(to, 0, empty)) };
    }
    case 5:
      if (sides.length === 1) return null;
      return { changes: deleteColumn(table, column), ...columns((cells) => cells.toSpliced(column, 1)) };
    case 6:
      if (!canMoveColumn(table, column, by)) return null;
      return { changes: moveColumn(table, column, by), ...columns((cells) => swapped(cells, column, by)) };
    default: {
      const side = [...SIDES, null][below(next, 4)] ?? null;
      return { changes: alignColumn(table, column, side), grid, sides: sides.with(column, side) };
    }
  }
}

function swapped<T>(values: readonly T[], at: number, by: number): T[] {
  const [own, other] = [values[at], values[at + by]] as [T, T];
  return values.with(at, other).with(at + by, own);
}

test.each(Array.from({ length: 300 }, (_, seed) => seed))(
  "anything done to a table does that and no more, seed %i",
  (seed) => {
    const next = random(seed);
    let source = randomTable(next);
    // A blank line is not the table's.
    while (gridOfReader(source) === null || /^[ ]*$/m.test(source)) source = randomTable(next);
    for (let step = 0; step < 20; step++) {
      const table = tableOf(source);
      const { changes, grid, sides } = randomStep(table, next) ?? {
        changes: [],
        grid: gridOf(source),
        sides: table.sides,
      };
      const after = apply(source, changes);
      const what = `${source}\n\nbecame\n\n${after}`;
      expect(gridOf(after), what).toEqual(grid);
      expect(gridOfReader(after), what).toEqual(grid.map((cells) => cells.map((text) => text.replaceAll("\\|", "|"))));
      expect(tableOf(after).sides, what).toEqual(sides);
      source = after;
    }
  },
);

test("what somebody may be writing in stays in the text while it is moved", () => {
  const taken = (change: (table: Table) => readonly Change[]) =>
    change(tableOf(TABLE)).map(({ from, to }) => TABLE.slice(from, to));
  expect(taken((table) => moveColumn(table, 0, 1)).join("")).not.toMatch(/[a13]/);
  expect(taken((table) => moveColumn(table, 1, -1)).join("")).not.toMatch(/[b24]/);
  expect(taken((table) => moveRow(table, 1, 1)).join("")).not.toMatch(/[12]/);
  expect(taken((table) => moveRow(table, 2, -1)).join("")).not.toMatch(/[34]/);
});
