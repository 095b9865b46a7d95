/** The manifest that follows the one which is live. */
import { isDeepStrictEqual } from "node:util";
import type { Site } from "../../shared/fsml/site.ts";
import type { Manifest } from "../../shared/site/manifest.ts";
import { siteOf } from "../../shared/site/site-of.ts";
import { findMoves, type PlacedPage } from "./moves.ts";
import type { PlannedManifest } from "./plan.ts";
import { redirectsAfter } from "./redirects.ts";

/** Contents of pages by their hash; null where one can't be had any more. */
export type ReadPage = (sha256: string) => Promise<string | null>;

/**
 * @param readLive reads pages of the live site
 * @param readPlanned reads pages of the planned one
 * @returns null if nothing has changed
 */
export async function succeed(
  live: Manifest | null,
  planned: PlannedManifest,
  now: Date,
  readLive: ReadPage,
  readPlanned: ReadPage,
): Promise<Manifest | null> {
  const pages = Object.fromEntries(
    Object.entries(planned.pages).map(([path, page]) => {
      const before = live && Object.hasOwn(live.pages, path) ? live.pages[path] : undefined;
      const changed = before?.sha256 === page.sha256 ? before.changed : Math.floor(now.getTime() / 1000);
      return [path, { ...page, changed }];
    }),
  );
  const redirects = live ? await redirectsFrom(live, planned, readLive, readPlanned) : {};
  const next = { ...planned, pages, redirects };
  if (live) {
    const { version: _version, publishedAt: _publishedAt, ...content } = live;
    if (isDeepStrictEqual(content, next)) return null;
  }
  return { ...next, version: (live?.version ?? 0) + 1, publishedAt: now.toISOString() };
}

async function redirectsFrom(
  live: Manifest,
  planned: PlannedManifest,
  readLive: ReadPage,
  readPlanned: ReadPage,
): Promise<Record<string, string>> {
  const before = siteOf(live);
  const now = siteOf(planned);
  const moves = await findMoves(placed(before, live.pages), placed(now, planned.pages), {
    before: ({ sha256 }) => readLive(sha256),
    now: ({ sha256 }) => readPlanned(sha256),
  });
  return redirectsAfter(live.redirects, before, now, moves);
}

function placed(site: Site, files: PlannedManifest["pages"]): PlacedPage[] {
  return site.pages.flatMap((page) => {
    const file = files[page.file];
    return file ? [{ ...page, sha256: file.sha256 }] : [];
  });
}
