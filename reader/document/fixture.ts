/** A small site for tests: pages and files that exist, by name. */
import { diagramPage } from "../../shared/document/diagrams.ts";
import type { RenderContext, RenderedDocument } from "./render.ts";
import { renderDocument } from "./render.ts";

const PAGES: Readonly<Record<string, string>> = {
  setup: "Setup",
  "setup.md": "Setup",
  "guide/config": "Configuration",
};
const FILES = new Set(["plot.png", "data.csv", "_assets/generated/3f9a.png", "_assets/generated/3f9a.html"]);

export const context: RenderContext = {
  resolvePage(target) {
    const title = PAGES[target];
    return title === undefined ? null : { href: `/site/${target.replace(/\.md$/, "")}`, title };
  },
  resolveAsset: (path) => (FILES.has(path) ? `/files/${path}` : null),
};

/** The same, where pages may have frames; diagrams that say "drawn" are. */
export const framing: RenderContext = {
  ...context,
  frameOf: (group) => `/frames/${group}`,
  diagramOf: (text) =>
    text.includes("drawn")
      ? { picture: "/files/drawing.svg", size: { width: 30, height: 20 } }
      : { page: diagramPage(text) },
};

export function render(source: string): RenderedDocument {
  return renderDocument(source, context);
}
