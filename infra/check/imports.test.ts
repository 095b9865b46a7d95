import { describe, expect, test } from "vitest";
import { wrongIn } from "./imports.ts";

/** Written in two halves, so that the check finds no import in this file's own text. */
const importing = (path: string) => `import { x } from "${path}";`;

describe("the direction of imports", () => {
  test("everything may import shared", () => {
    for (const folder of ["reader", "edge", "compute", "images", "infra", "test"]) {
      expect(wrongIn(`${folder}/a.ts`, importing("../shared/x.ts"))).toEqual([]);
    }
  });

  test("edge and compute never meet", () => {
    expect(wrongIn("edge/a/b.ts", `\n${importing("../../compute/x.ts")}`)).toEqual([
      "edge/a/b.ts:2: edge/ must not import from compute/",
    ]);
    expect(wrongIn("compute/a.ts", `const x = await import("${"../edge/x.ts"}");`)).toEqual([
      "compute/a.ts:1: compute/ must not import from edge/",
    ]);
  });

  test("shared imports nothing, reader only shared", () => {
    expect(wrongIn("shared/a.ts", `export * from "${"../reader/x.ts"}";`)).toHaveLength(1);
    expect(wrongIn("reader/a.ts", importing("../edge/x.ts"))).toHaveLength(1);
  });

  test("a folder may import itself, packages and files at the root", () => {
    expect(
      wrongIn("edge/a/b.ts", `${importing("../c.ts")} ${importing("hono")} ${importing("../../package.json")}`),
    ).toEqual([]);
  });

  test("an unknown folder has no rule", () => {
    expect(wrongIn("docs/a.ts", importing("../edge/x.ts"))).toEqual([]);
  });
});
