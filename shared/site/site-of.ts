/** How a manifest's pages stand in their site. */
import { layOutSite, type Site } from "../fsml/site.ts";
import type { Manifest } from "./manifest.ts";

interface Pages extends Pick<Manifest, "title" | "navOrder"> {
  readonly pages: Readonly<Record<string, Pick<Manifest["pages"][string], "title">>>;
}

export function siteOf({ pages, title, navOrder }: Pages): Site {
  const titles = Object.entries(pages).flatMap(([path, page]): [string, string][] =>
    page.title === null ? [] : [[path, page.title]],
  );
  return layOutSite({ paths: Object.keys(pages), titles: new Map(titles), projectTitle: title, navOrder });
}
