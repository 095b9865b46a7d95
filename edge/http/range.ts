/** Range requests (RFC 9110 §14), for one range: what players of media and resumed downloads ask for. */

export interface Range {
  readonly first: number;
  /** Included. */
  readonly last: number;
}

/**
 * The bytes that a GET asks for. Null: all of them, also where the header is no single range of bytes, or where `If-Range`
 * names another state of the file. "unsatisfiable": none of what is asked for exists.
 */
export function rangeOf(
  headers: { readonly range: string | undefined; readonly ifRange: string | undefined },
  bytes: number,
  etag: string,
): Range | "unsatisfiable" | null {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(headers.range?.replace(/\s/g, "") ?? "") ?? [];
  if (from === "" && to === "") return null;
  // Compared strongly: two parts of different files must never become one. There are no dates to compare with.
  if (headers.ifRange !== undefined && headers.ifRange.trim() !== etag) return null;
  if (from === "") {
    const count = Math.min(Number(to), bytes);
    return count === 0 ? "unsatisfiable" : { first: bytes - count, last: bytes - 1 };
  }
  const first = Number(from);
  const last = to === "" ? bytes - 1 : Math.min(Number(to), bytes - 1);
  if (to !== "" && Number(to) < first) return null;
  return first >= bytes ? "unsatisfiable" : { first, last };
}
