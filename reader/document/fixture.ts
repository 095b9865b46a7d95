/** A small site for tests: pages and files that exist, by name. */
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

/** The same, where pages may have frames. */
export const framing: RenderContext = { ...context, frameOf: (group) => `/frames/${group}` };

export function render(source: string): RenderedDocument {
  return renderDocument(source, context);
}
