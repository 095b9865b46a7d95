/** The document as readers will see it, from the renderer of published pages. Loaded when it is first asked for. */
import { renderDocument } from "../../../reader/document/render.ts";
import { resolveRelative } from "../../../shared/fsml/path.ts";
import { resolvePageLink, resolveWikiLink } from "../../../shared/fsml/resolve.ts";
import type { Site } from "../../../shared/fsml/site.ts";

export interface PreviewContext {
  readonly path: string;
  readonly site: Site;
  readonly hrefOf: (path: string) => string;
  readonly fileUrl: (path: string) => string;
}

/** Shows `source` in `target`. The renderer's HTML is safe on this origin: that is its promise to published pages too. */
export function showPreview(
  target: HTMLElement,
  source: string,
  { path, site, hrefOf, fileUrl }: PreviewContext,
): void {
  const page = site.pages.find(({ file }) => file === path) ?? { file: path, url: "", title: path };
  const { html } = renderDocument(source, {
    resolvePage(link, written) {
      const found = written === "wiki" ? resolveWikiLink(site, page, link) : resolvePageLink(site, page, link);
      return found ? { href: hrefOf(found.file), title: found.title } : null;
    },
    resolveAsset(link) {
      const asset = resolveRelative(path, link);
      return asset === null ? null : fileUrl(asset);
    },
  });
  target.innerHTML = html;
}
