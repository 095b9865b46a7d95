/** Where a site and its parts are found. */
import { parseName } from "../../shared/fsml/name.ts";
import { encodeUrlPath, type SitePage } from "../../shared/fsml/site.ts";
import type { Manifest } from "../../shared/site/manifest.ts";

export interface SiteAddress {
  /** Of the address that people see, without a trailing slash. */
  readonly origin: string;
  /** Path of the site's root, without a trailing slash: "" under a host name of its own. */
  readonly root: string;
}

export function addressOf(origin: string, { user, name }: Pick<Manifest, "user" | "name">): SiteAddress {
  return { origin, root: `/@${user}/${name}` };
}

/** The one address that search engines shall know a page by: the site's own host name, where it has one. */
export function canonicalOf({ origin, root }: SiteAddress, { domain }: Pick<Manifest, "domain">): SiteAddress {
  return domain === null ? { origin, root } : { origin: `https://${domain}`, root: "" };
}

/** @param url below the site's root, decoded */
export function pathOf({ root }: SiteAddress, url: string): string {
  return url === "" ? root || "/" : `${root}/${encodeUrlPath(url)}`;
}

/** Where the page's markdown is: its own address and the extension of its file; a folder's page is its `index`. */
export function sourceUrlOf({ file, url }: SitePage): string {
  const name = file.slice(file.lastIndexOf("/") + 1);
  const extension = name.slice(name.lastIndexOf("."));
  if (parseName(name, "file").slug.toLowerCase() !== "index") return url + extension;
  return `${url === "" ? "" : `${url}/`}index${extension}`;
}
