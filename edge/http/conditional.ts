/** Conditional requests (RFC 9110 §13): whether the client has this already. */

/** True if `If-None-Match` names the ETag: one, a list, or `*`. Compared weakly, as the header asks (§13.1.2). */
export function hasAlready(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === "*") return true;
  const tags = ifNoneMatch.match(/(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g) ?? [];
  return tags.some((tag) => opaque(tag) === opaque(etag));
}

/** The tag without its mark of weakness, which a proxy adds where it compresses. */
function opaque(etag: string): string {
  return etag.replace(/^W\//, "");
}
