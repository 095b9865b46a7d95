import { Text } from "@codemirror/state";
import { expect, test } from "vitest";
import { placeOf } from "./go.ts";

const doc = Text.of(["one", "tide and tide", "three"]);
const match = { from: 4, to: 8, line: 2, text: "tide" };

test("a match is where it was found", () => {
  expect(placeOf(doc, match)).toEqual({ from: 4, to: 8 });
});

test("after a change it is where its words stand nearest", () => {
  expect(placeOf(doc, { ...match, from: 11, to: 15 })).toEqual({ from: 13, to: 17 });
  expect(placeOf(doc, { ...match, from: 400, to: 404 })).toEqual({ from: 13, to: 17 });
});

test("when its words are gone, it is the beginning of its line, or of the last one", () => {
  expect(placeOf(doc, { ...match, text: "gone" })).toEqual({ from: 4, to: 4 });
  expect(placeOf(doc, { ...match, text: "gone", line: 9 })).toEqual({ from: 18, to: 18 });
});
