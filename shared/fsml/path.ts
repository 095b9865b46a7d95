/** Which project paths are allowed, shown, published and served (formats.md §1). */

/** Bytes of UTF-8 in one segment that common file systems take. */
const MAX_SEGMENT_BYTES = 255;
/** Bytes of UTF-8 in a whole path; leaves room below PATH_MAX (4096) for the folder that the project stands in. */
const MAX_PATH_BYTES = 3072;

const encoder = new TextEncoder();

/**
 * Says why `path` can't name a file of a project, or null if it can.
 * Refused: empty, absolute, `.` and `..` segments, empty segments, backslashes, control characters, too long names.
 */
export function problemOfPath(path: string): string | null {
  if (path === "") return "a path can't be empty";
  if (path.startsWith("/")) return `"${clip(path)}" is absolute; paths are relative to the project's folder`;
  if (/[\\\p{Cc}]/u.test(path)) return `"${clip(path)}" has a backslash or a control character`;
  if (!path.isWellFormed()) return `"${clip(path)}" is not valid Unicode`;
  if (encoder.encode(path).length > MAX_PATH_BYTES) return `"${clip(path)}" is longer than ${MAX_PATH_BYTES} bytes`;
  for (const segment of path.split("/")) {
    if (segment === "") return `"${clip(path)}" has an empty segment`;
    if (segment === "." || segment === "..") return `"${clip(path)}" has a "${segment}" segment; name the file itself`;
    const bytes = encoder.encode(segment).length;
    if (bytes > MAX_SEGMENT_BYTES) {
      return `the name "${clip(segment)}" has ${bytes} bytes; ${MAX_SEGMENT_BYTES} is the most`;
    }
  }
  return null;
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Tooling that is never shown and never served: any segment `.git`, `.mrmd` or with another leading dot. */
export function isHidden(path: string): boolean {
  return path.split("/").some((segment) => segment.startsWith("."));
}

/** Says why a person can't give a file of a project the path, or null if they can. */
export function problemOfNewPath(path: string): string | null {
  return problemOfPath(path) ?? (isHidden(path) ? `${clip(path)}: names that start with a dot are for tools` : null);
}

/** Folders that tools fill, and fill again where they are missing. */
const FILLED_BY_TOOLS = new Set(["node_modules", "__pycache__"]);

/** What is hidden, and what tools have filled: nobody's work, so it isn't listed, taken in or handed out. */
export function isTooling(path: string): boolean {
  return isHidden(path) || path.split("/").some((segment) => FILLED_BY_TOOLS.has(segment));
}

/** Whether the path is that of the file or folder, or of something in the folder. */
export function isUnder(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}

/** True for a page that publishing may show: every segment counts, not only the first; `mrmd.md` is never a page. */
export function isPublishablePage(path: string): boolean {
  const segments = path.split("/");
  const file = segments.at(-1) ?? "";
  if (file.toLowerCase() === "mrmd.md" || !/\.(md|qmd)$/i.test(file)) return false;
  return segments.every((segment) => !segment.startsWith("_") && !segment.startsWith("."));
}

/** True for a file that may be served if a published page points to it: `_assets` is the one `_` folder that counts as public. */
export function isServableAsset(path: string): boolean {
  const segments = path.split("/");
  if (/\.(md|qmd)$/i.test(path)) return false;
  return segments.every((segment, i) => (segment === "_assets" && i < segments.length - 1) || !/^[_.]/.test(segment));
}

/**
 * The path that `link` (as written in the document at `from`) points to, or null if it leaves the project or is
 * not a project path at all (another scheme, `//host`, a bare `#fragment`). Percent escapes are decoded.
 */
export function resolveRelative(from: string, link: string): string | null {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link) || link.startsWith("//") || link.startsWith("#")) return null;
  let target = link.replace(/[?#].*$/s, "");
  try {
    target = decodeURIComponent(target);
  } catch {
    // A stray `%` is an ordinary character of a file name.
  }
  const segments = target.startsWith("/") ? [] : from.split("/").slice(0, -1);
  for (const segment of target.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") segments.push(segment);
    else if (segments.pop() === undefined) return null;
  }
  return segments.length === 0 ? null : segments.join("/").normalize("NFC");
}

/** The relative link from the document at `from` to the file at `to`, percent-encoded where markdown needs it. */
export function relativeLink(from: string, to: string): string {
  const base = from.split("/").slice(0, -1);
  const target = to.split("/");
  let common = 0;
  while (common < base.length && common < target.length - 1 && base[common] === target[common]) common++;
  const up = base.slice(common).map(() => "..");
  return [...up, ...target.slice(common).map(encodeSegment)].join("/");
}

/** Also of what ends a link in markdown or an attribute in HTML. */
export function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(/['()]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
}
