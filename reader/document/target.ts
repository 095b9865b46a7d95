/** Where a link or an image in a document may point. Every URL of a page, also those in raw HTML, passes through here. */
import type { ImageSize, RenderContext } from "./render.ts";

export type Target =
  /** Another origin: gets `rel`. */
  | { readonly kind: "external"; readonly url: string }
  | { readonly kind: "internal"; readonly url: string; readonly size?: ImageSize | null }
  /** Meant for this project, but nothing is there: shown as such. */
  | { readonly kind: "missing"; readonly path: string }
  /** A scheme that could run a script or reach the reader's machine: the text stays, the link goes. */
  | { readonly kind: "refused" };

/** What a link to another origin carries: no referrer, no window handle, and no reward for spam. */
export const EXTERNAL_REL = "nofollow noopener noreferrer";

const LINK_SCHEMES = new Set(["http", "https", "mailto", "tel", "xmpp"]);
/** SVG is left out: opened on its own it is a document with scripts. */
const DATA_IMAGE = /^data:image\/(?:png|gif|jpeg|webp|avif);base64,/i;

/** Resolves the `href` of a link as written in the document, percent-encoded or not. */
export function resolveLink(href: string, context: RenderContext): Target {
  const { scheme, url } = parse(href);
  if (scheme !== null) return LINK_SCHEMES.has(scheme) ? { kind: "external", url } : { kind: "refused" };
  if (isOtherHost(url)) return { kind: "external", url };
  if (url.startsWith("#")) return { kind: "internal", url };
  const { path, fragment } = split(url);
  const page = looksLikePage(path) ? context.resolvePage(path, "link") : null;
  const found = page?.href ?? context.resolveAsset(path);
  return found === null ? { kind: "missing", path } : { kind: "internal", url: found + fragment };
}

/** Resolves the `src` of an image. */
export function resolveImage(src: string, context: RenderContext): Target {
  const { scheme, url } = parse(src);
  if (scheme === "http" || scheme === "https") return { kind: "external", url };
  if (scheme !== null) return DATA_IMAGE.test(url) ? { kind: "external", url } : { kind: "refused" };
  if (isOtherHost(url)) return { kind: "external", url };
  const { path } = split(url);
  const found = path === "" ? null : context.resolveAsset(path);
  return found === null
    ? { kind: "missing", path }
    : { kind: "internal", url: found, size: context.sizeOf?.(path) ?? null };
}

/**
 * Reads a URL as a browser would: control characters and spaces around it don't count, tabs and line breaks inside it
 * neither (`java\nscript:` is a scheme to a browser).
 */
function parse(written: string): { scheme: string | null; url: string } {
  const url = written.replace(/^[\0-\x20]+|[\0-\x20]+$/g, "").replace(/[\t\n\r]/g, "");
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase() ?? null;
  return { scheme, url };
}

/** `//host`; browsers read a backslash as a slash. */
function isOtherHost(url: string): boolean {
  return /^[/\\]{2}/.test(url);
}

function split(url: string): { path: string; fragment: string } {
  const hash = url.indexOf("#");
  const fragment = hash === -1 ? "" : url.slice(hash);
  const path = (hash === -1 ? url : url.slice(0, hash)).replace(/\?.*$/s, "");
  return { path, fragment };
}

/** A page's file, or a path without extension, which can be the URL of a page. */
function looksLikePage(path: string): boolean {
  return /\.q?md$/i.test(path) || !/\.[^./]+$/.test(path);
}

/** The size of what an image shows, where it is known. */
export function sizeOf(target: Target): ImageSize | null {
  return target.kind === "internal" ? (target.size ?? null) : null;
}

/** Attributes of an `<img>`; nothing where the size is not known. */
export function sizeAttributes(size: ImageSize | null): string {
  return size ? ` width="${size.width}" height="${size.height}"` : "";
}
