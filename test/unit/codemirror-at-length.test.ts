/** CodeMirror as the app bundles it, beside the package: the same heights after the same changes, with less work. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as State from "@codemirror/state";
import type * as View from "@codemirror/view";
import { build, type Plugin } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Random } from "../../images/editor/server/testing/random.ts";
import { codeMirrorAtLength } from "../../infra/codemirror-at-length.ts";

const STEPS = 40;
/** How CodeMirror keeps the heights of a document, which it exports for its own tests. */
interface Heights {
  readonly height: number;
  readonly outdated: boolean;
  applyChanges(
    sets: readonly State.RangeSet<View.Decoration>[],
    old: State.Text,
    oracle: Oracle,
    changes: readonly Changed[],
  ): Heights;
  updateHeight(oracle: Oracle, offset: number, force: boolean, measured: unknown): Heights;
  forEachLine(
    from: number,
    to: number,
    oracle: Oracle,
    top: number,
    offset: number,
    f: (block: View.BlockInfo) => void,
  ): void;
}
interface Oracle {
  setDoc(doc: State.Text): Oracle;
}
type Changed = unknown;
interface Inner {
  readonly HeightMap: { empty(): Heights };
  readonly HeightOracle: new (wrapping: boolean) => Oracle;
  readonly MeasuredHeights: new (from: number, heights: readonly number[]) => unknown;
  readonly ChangedRange: {
    new (fromA: number, toA: number, fromB: number, toB: number): Changed;
    extendWithRanges(changes: readonly Changed[], ranges: readonly number[]): readonly Changed[];
  };
}
type CodeMirror = Pick<typeof State, "ChangeSet" | "RangeSet" | "Text"> &
  Pick<typeof View, "Decoration" | "WidgetType"> & { readonly inner: Inner };

let folder: string;
let asBundled: CodeMirror;
let asPublished: CodeMirror;

async function load(name: string, plugins: Plugin[]): Promise<CodeMirror> {
  const outfile = join(folder, `${name}.mjs`);
  const contents = `export { ChangeSet, RangeSet, Text } from "@codemirror/state";
    export { Decoration, WidgetType, __test as inner } from "@codemirror/view";`;
  const stdin = { contents, resolveDir: import.meta.dirname };
  await build({ stdin, outfile, plugins, bundle: true, format: "esm", platform: "browser" });
  return import(outfile);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "codemirror-"));
  [asBundled, asPublished] = await Promise.all([load("bundled", [codeMirrorAtLength]), load("published", [])]);
});
afterAll(() => rm(folder, { recursive: true }));

/**
 * Some hundred lines, each third of which is a block: blocks come and go, text is typed and cut, and what is in view is measured.
 * @returns of each step what differed, and the heights
 */
function blocksThatChange(
  { ChangeSet, RangeSet, Text, Decoration, WidgetType, inner }: CodeMirror,
  seed: number,
): string[] {
  const random = new Random(seed);
  class Space extends WidgetType {
    override toDOM(): HTMLElement {
      throw new Error("nothing is drawn");
    }
  }
  const oracle = new inner.HeightOracle(true);
  const block = (doc: State.Text, number: number) => {
    const { from, to } = doc.line(number);
    if (from === to || random.below(4) === 0)
      return Decoration.widget({ widget: new Space(), block: true, side: 1 }).range(to);
    return Decoration.replace({ block: true, inclusive: random.below(2) === 0 }).range(from, to);
  };
  let doc = Text.of(Array.from({ length: 900 }, (_, line) => "x".repeat((line * 7) % 80)));
  let shown = RangeSet.of(
    Array.from({ length: 300 }, (_, i) => block(doc, i * 3 + 1)),
    true,
  );
  let map = inner.HeightMap.empty().applyChanges([shown], Text.empty, oracle.setDoc(doc), [
    new inner.ChangedRange(0, 0, 0, doc.length),
  ]);
  const seen: string[] = [];
  for (let step = 0; step < STEPS; step++) {
    const [old, before] = [doc, shown];
    const from = random.below(doc.length);
    const to = Math.min(doc.length, from + random.below(3) * random.below(60));
    const insert = ["", "a", "b\n", "\n\n", "words and words"][random.below(5)] ?? "";
    const changes =
      random.below(5) === 0 ? ChangeSet.empty(doc.length) : ChangeSet.of({ from, to, insert }, doc.length);
    doc = changes.apply(doc);
    shown = shown.map(changes);
    const around = random.below(doc.length);
    const line = doc.lineAt(around);
    if (random.below(2) === 0)
      shown = shown.update({
        filterFrom: line.from,
        filterTo: line.to,
        filter: () => false,
        add: [block(doc, line.number)],
        sort: true,
      });
    const changed: Changed[] = [];
    changes.iterChangedRanges((fromA, toA, fromB, toB) => changed.push(new inner.ChangedRange(fromA, toA, fromB, toB)));
    const ranges: number[] = [];
    const comparator = {
      compareRange() {},
      comparePoint: (start: number, end: number) => void ranges.push(start, end),
    };
    RangeSet.compare([before], [shown], changes, comparator, 0);
    map = map.applyChanges([shown], old, oracle.setDoc(doc), inner.ChangedRange.extendWithRanges(changed, ranges));
    if (random.below(3) === 0) {
      const blocks: View.BlockInfo[] = [];
      map.forEachLine(line.from, Math.min(doc.length, line.from + 300), oracle, 0, 0, (each) => blocks.push(each));
      const heights = blocks.map(({ length }) => 10 + ((length * 13 + step) % 50));
      map = map.updateHeight(
        oracle.setDoc(doc),
        0,
        random.below(9) === 0,
        new inner.MeasuredHeights(blocks[0]?.from ?? 0, heights),
      );
    }
    const lines: string[] = [];
    map.forEachLine(0, doc.length, oracle, 0, 0, (each) =>
      lines.push(`${each.from}+${each.length}: ${each.top} ${each.height}`),
    );
    seen.push(`${map.height} ${map.outdated} ${JSON.stringify(ranges)}\n${lines.join("\n")}`);
  }
  return seen;
}

test.each(Array.from({ length: 60 }, (_, seed) => seed))("heights after random changes, seed %i", (seed) => {
  expect(blocksThatChange(asBundled, seed)).toEqual(blocksThatChange(asPublished, seed));
});

/** @returns how many blocks of ten thousand are looked at for a key between two of them, to find what differs and to keep the heights */
function lookedAt({ ChangeSet, RangeSet, Text, Decoration, inner }: CodeMirror): { compared: number; updated: number } {
  const doc = Text.of(Array.from({ length: 20_000 }, () => "line"));
  const counts = { compared: 0, updated: 0 };
  const isPoint = {
    get() {
      counts.compared++;
      return true;
    },
  };
  const ranges = Array.from({ length: 10_000 }, (_, i) => {
    const block = Object.defineProperty(Decoration.replace({ block: true }), "point", isPoint);
    return block.range(doc.line(2 * i + 1).from, doc.line(2 * i + 1).to);
  });
  const shown = RangeSet.of(ranges);
  const oracle = new inner.HeightOracle(true);
  const map = inner.HeightMap.empty().applyChanges([shown], Text.empty, oracle.setDoc(doc), [
    new inner.ChangedRange(0, 0, 0, doc.length),
  ]);
  let leaf: object = map;
  while ("left" in leaf && leaf.left instanceof Object) leaf = leaf.left;
  const kind: Pick<Heights, "updateHeight"> = Object.getPrototypeOf(leaf);
  const { updateHeight } = kind;
  kind.updateHeight = function (this: Heights, ...args) {
    counts.updated++;
    return updateHeight.apply(this, args);
  };
  const changes = ChangeSet.of({ from: 50_006, insert: "x" }, doc.length);
  const moved = shown.map(changes);
  counts.compared = 0;
  RangeSet.compare([shown], [moved], changes, { compareRange() {}, comparePoint() {} }, 0);
  map.applyChanges([moved], doc, oracle.setDoc(changes.apply(doc)), [
    new inner.ChangedRange(50_006, 50_006, 50_006, 50_007),
  ]);
  kind.updateHeight = updateHeight;
  return counts;
}

test("a key in a long document does not go through all of it", () => {
  const { compared, updated } = lookedAt(asPublished);
  expect(compared, "what the package does").toBeGreaterThan(10_000);
  expect(updated, "what the package does").toBeGreaterThan(9_000);
  const bundled = lookedAt(asBundled);
  expect(bundled.compared).toBeLessThan(2_500);
  expect(bundled.updated).toBeLessThan(100);
});
