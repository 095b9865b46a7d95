/// <reference types="vite/client" />
import { describe, expect, test } from "vitest";
import { renderDocument } from "./render.ts";

// By glob instead of node:fs: this folder's code has no Node types, so that none slips into what runs at the edge.
const documents = Object.entries(
  import.meta.glob<string>("../../../shared/corpus/numpy-tutorials/[0-9]*.md", {
    query: "?raw",
    import: "default",
    eager: true,
  }),
);

/** Every file is there: what the corpus links to but doesn't bring is not the renderer's matter. */
const context = {
  resolvePage: (target: string) => ({ href: `/${target}`, title: target }),
  resolveAsset: (path: string) => `/${path}`,
};

describe.skipIf(documents.length === 0)(
  "the NumPy tutorials (skipped where the shared corpus is not checked out)",
  () => {
    test("are nine", () => expect(documents).toHaveLength(9));

    test.each(documents)("%s", (_path, source) => {
      const { html, heading, headings } = renderDocument(source, context);
      expect(heading).not.toBeNull();
      expect(new Set(headings.map(({ id }) => id)).size).toBe(headings.length);
      expect(html).not.toContain("math-source");
      expect(html).not.toContain("unresolved");
      expect(html).toContain('<pre data-language="python">');
    });
  },
);
