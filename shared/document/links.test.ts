import { expect, test } from "vitest";
import { linkedPaths } from "./links.ts";

test("images, links, definitions and raw HTML name files; other addresses do not", () => {
  const source = [
    "![a](_assets/a.png) [b](../b.csv) ![c](<_assets/c d.png>) ![e][ref]",
    "",
    "<img src=\"_assets/f.png\" width=3> and <a href='_assets/g.pdf'>g</a>",
    "",
    "<div>",
    '<video poster=_assets/h.jpg src="https://example.org/x.mp4"></video>',
    "</div>",
    "",
    "[ref]: _assets/e.png",
    "",
    "```",
    "![no](_assets/no.png)",
    "```",
    "`![no](_assets/no.png)` [web](https://example.org/a.png)",
  ].join("\n");
  expect([...linkedPaths("docs/page.md", source)].sort()).toEqual([
    "b.csv",
    "docs/_assets/a.png",
    "docs/_assets/c d.png",
    "docs/_assets/e.png",
    "docs/_assets/f.png",
    "docs/_assets/g.pdf",
    "docs/_assets/h.jpg",
  ]);
});
