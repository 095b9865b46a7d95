/**
 * A published site in S3. The daemon writes it, the edge reads it (design.md §5, "Publishing").
 *
 *   sites/<user>/<name>/objects/<sha256>     immutable file contents, by content
 *   sites/<user>/<name>/manifest.json        the one mutable object, swapped by a conditional put
 *   domains/<host>.json                      whose site is shown under a host name; counts while the site's manifest says so too
 */
import * as z from "zod";
import { Handle } from "../daemon/actor.ts";
import { Sha256, Slug } from "../daemon/contract.ts";

export const VISIBILITIES = ["public", "unlisted", "private"] as const;
export type Visibility = (typeof VISIBILITIES)[number];

export const SiteFile = z.object({ sha256: Sha256, bytes: z.int() });

/** What came later has a default: sites that were published before stay readable. */
export const Manifest = z.object({
  format: z.literal(1),
  projectId: z.uuid(),
  /** Counted from 1; part of every cache key at the edge. */
  version: z.int().min(1),
  user: Handle,
  name: Slug,
  title: z.string(),
  visibility: z.enum(VISIBILITIES),
  /** Host name under which the site is shown as well. */
  domain: z.string().nullable().default(null),
  publishedAt: z.iso.datetime(),
  navOrder: z.array(z.string()),
  /** Publishable pages: path in the project → content and what the site around it needs to know of it. */
  pages: z.record(
    z.string(),
    SiteFile.extend({
      /** `title:` of the front matter. */
      title: z.string().nullable(),
      /** `date:` of the front matter, as YYYY-MM-DD. */
      date: z.string().optional(),
      /** When this content was first published (s since epoch). */
      changed: z.int().default(0),
    }),
  ),
  /** Files that published pages point to: path in the project → content; of an image its size in pixels. */
  assets: z.record(z.string(), SiteFile.extend({ width: z.int().optional(), height: z.int().optional() })),
  /** Addresses that pages had before they were moved → where they are now; both below the site's root, as `routeKey` and `url`. */
  redirects: z.record(z.string(), z.string()).default({}),
  /** The parts of the search index, by content. */
  search: z.object({ titles: z.array(SiteFile), texts: z.array(SiteFile) }).default({ titles: [], texts: [] }),
});
export type Manifest = z.infer<typeof Manifest>;

/** A host name and the site that is shown there. */
export const Domain = z.object({ projectId: z.uuid(), user: Handle, name: Slug });
export type Domain = z.infer<typeof Domain>;

export const domainKey = (host: string) => `domains/${host}.json`;
export const manifestKey = (user: string, name: string) => `sites/${user}/${name}/manifest.json`;
export const objectKey = (user: string, name: string, sha256: string) => `sites/${user}/${name}/objects/${sha256}`;
