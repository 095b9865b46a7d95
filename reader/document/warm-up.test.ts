import { expect, test } from "vitest";
import { render } from "./fixture.ts";
import { SAMPLE } from "./warm-up.ts";

test("the sample goes through what most pages go through, and nothing of it fails", () => {
  const { html } = render(SAMPLE);
  const constructs = [
    "<h1",
    "katex-display",
    "alert",
    "task",
    "footnote",
    "<table",
    "tok-keyword",
    "ansi-1",
    "<figure",
  ];
  for (const construct of [...constructs, "<details"]) expect(html).toContain(construct);
  expect(html).not.toContain("math-source");
});
