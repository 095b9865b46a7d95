/** Where the links and images of an open document lead: into the editor, and to the project's files. */
import type { RenderContext } from "../../../../reader/document/render.ts";
import { diagramPage, drawingOf } from "../../../../shared/document/diagrams.ts";
import { resolveRelative } from "../../../../shared/fsml/path.ts";
import { resolvePageLink, resolveWikiLink } from "../../../../shared/fsml/resolve.ts";
import { layOutSite } from "../../../../shared/fsml/site.ts";
import { editAddress, fileUrl } from "../address.ts";
import type { Surroundings } from "./protocol.ts";

export function contextOf({ projectId, owner, slug, path, paths }: Surroundings): RenderContext {
  const site = layOutSite({ paths, titles: new Map(), projectTitle: slug });
  const known = new Set(paths);
  const page = site.pages.find(({ file }) => file === path) ?? { file: path, url: "", title: path };
  return {
    resolvePage(link, written) {
      const found = written === "wiki" ? resolveWikiLink(site, page, link) : resolvePageLink(site, page, link);
      return found ? { href: editAddress(owner, slug, found.file), title: found.title } : null;
    },
    resolveAsset(link) {
      const asset = resolveRelative(path, link);
      // What a cell has just drawn is not on the list yet.
      const isThere = asset !== null && (known.has(asset) || /(?:^|\/)generated\//.test(asset));
      return isThere ? fileUrl(projectId, asset) : null;
    },
    diagramOf(text) {
      const drawing = drawingOf(text);
      return known.has(drawing) ? { picture: fileUrl(projectId, drawing), size: null } : { page: diagramPage(text) };
    },
  };
}
