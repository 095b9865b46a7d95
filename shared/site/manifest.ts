/**
 * A published site in S3. The daemon writes it, the edge reads it (design.md §5, "Publishing").
 *
 *   sites/<user>/<name>/objects/<sha256>     immutable file contents, by content
 *   sites/<user>/<name>/manifest.json        the one mutable object, swapped by a conditional put
 */
import { z } from "zod";
import { Handle } from "../daemon/actor.ts";
import { Sha256, Slug } from "../daemon/contract.ts";

export const VISIBILITIES = ["public", "unlisted", "private"] as const;
export type Visibility = (typeof VISIBILITIES)[number];

export const SiteFile = z.object({ sha256: Sha256, bytes: z.int() });

export const Manifest = z.object({
  format: z.literal(1),
  projectId: z.uuid(),
  /** Counted from 1; part of every cache key at the edge. */
  version: z.int().min(1),
  user: Handle,
  name: Slug,
  title: z.string(),
  visibility: z.enum(VISIBILITIES),
  publishedAt: z.iso.datetime(),
  navOrder: z.array(z.string()),
  /** Publishable pages: path in the project → content, and the title of its front matter if it has one. */
  pages: z.record(z.string(), SiteFile.extend({ title: z.string().nullable() })),
  /** Files that published pages point to: path in the project → content. */
  assets: z.record(z.string(), SiteFile),
});
export type Manifest = z.infer<typeof Manifest>;

export const manifestKey = (user: string, name: string) => `sites/${user}/${name}/manifest.json`;
export const objectKey = (user: string, name: string, sha256: string) => `sites/${user}/${name}/objects/${sha256}`;
