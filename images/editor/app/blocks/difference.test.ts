/** The worker and the editor together: after any edits, what the editor has is what a rendering of the whole text gives. */
import { type ChangeSet, EditorState, RangeSet, Text } from "@codemirror/state";
import { expect, test } from "vitest";
import { difference, type LaidOut } from "./difference.ts";
import { layOut } from "./lay-out.ts";
import { follow, Placed, type Placement, replaceBetween, touching } from "./placed.ts";
import type { Segment } from "./segment.ts";

const context = { resolvePage: () => null, resolveAsset: () => null };
const START =
  "# A\n\none\ntwo\n\n```python\n1\n```\n\n```output\n1\n```\n\n- x\n- y\n\ntext[^1]\n\n[^1]: note\n\nend\n";
const PIECES = [
  "x",
  "\n",
  "\n\n",
  "# ",
  "```\n",
  "```python\n1\n```\n",
  "- ",
  "> ",
  "[^1]",
  "[^1]: n\n",
  "<div>\n\n",
  "",
  "",
];

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

test.each(Array.from({ length: 100 }, (_, seed) => seed))("after random edits, seed %i", (seed) => {
  const next = random(seed);
  let text = Text.of(START.split("\n"));
  let shown: LaidOut = laidOut(text);
  let placement: Placement = RangeSet.of(placed(shown.segments), true);
  let touched: { from: number; to: number } | null = null;

  for (let step = 0; step < 40; step++) {
    const changes = edit(text, next);
    text = changes.apply(text);
    placement = follow(placement, changes.desc, text, () => next() < 0.5);
    touched = withChange(touched, changes);
    // The worker renders only now and then.
    if (next() < 0.5) continue;
    const now = laidOut(text);
    const news = difference(shown, now, touched);
    shown = now;
    touched = null;
    if (!news) continue;
    const old = touching(placement, news.from, news.to).filter(({ from, to }) => from >= news.from && to <= news.to);
    placement = replaceBetween(placement, old, placed(news.segments));
    // What was typed in has been rendered.
    expect(touching(placement, 0, text.length).filter(({ value }) => value.isEdited)).toEqual([]);
    expect(inOrder(placement, text)).toEqual(
      now.segments.map(({ from, to, kind, html }) => ({ from, to, kind, html })),
    );
  }
});

function laidOut(text: Text): LaidOut {
  return { segments: layOut(text.toString(), "a.md", context), length: text.length };
}

const placed = (segments: readonly Segment[]) =>
  segments.map((segment) => new Placed(segment).range(segment.from, segment.to));

function edit(text: Text, next: () => number): ChangeSet {
  const from = Math.floor(next() * (text.length + 1));
  const to = Math.min(text.length, from + Math.floor(next() ** 3 * 12));
  const insert = PIECES[Math.floor(next() * PIECES.length)] ?? "";
  return EditorState.create({ doc: text }).update({ changes: { from, to, insert } }).changes;
}

function withChange(before: { from: number; to: number } | null, changes: ChangeSet) {
  let from = before ? changes.mapPos(before.from, -1) : Number.POSITIVE_INFINITY;
  let to = before ? changes.mapPos(before.to, 1) : -1;
  changes.iterChangedRanges((_fromA, _toA, fromB, toB) => {
    from = Math.min(from, fromB);
    to = Math.max(to, toB);
  });
  return to < 0 ? null : { from, to };
}

function inOrder(placement: Placement, text: Text) {
  return touching(placement, 0, text.length).map(({ from, to, value: { segment } }) => ({
    from,
    to,
    kind: segment.kind,
    html: segment.html,
  }));
}
