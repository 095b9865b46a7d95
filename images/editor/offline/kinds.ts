/** Which requests of the app's page the service worker has a hand in, and how. All others pass it by. */

export type Kind =
  /** The page: as the network has it; if that fails, as it was last. */
  | "page"
  /** Named by what is in it: never asked for again. */
  | "hashed"
  /** A file of the app whose name stays while its content changes: as the page. */
  | "file"
  /** What the platform says to the person, and is needed to open a project: as the page. */
  | "answer"
  /** A picture in a document: as the page. */
  | "picture";

const ANSWERS = /^\/api\/(?:me|by-name\/[^/]+\/[^/]+|projects\/[^/]+)$/;

export interface Asked {
  readonly method: string;
  readonly url: string;
  /** Of a fetch, as the browser names it: "navigate" for a page. */
  readonly mode: string;
  /** What it is for: "image" for an `<img>`. */
  readonly destination: string;
}

/** @param origin of the app. Null: the worker does nothing, and the browser goes on as if there were none. */
export function kindOf({ method, url, mode, destination }: Asked, origin: string): Kind | null {
  const { origin: from, pathname } = new URL(url);
  if (method !== "GET" || from !== origin) return null;
  if (mode === "navigate") return destination === "document" && pathname.startsWith("/edit/") ? "page" : null;
  if (/^\/app\/chunks\/|^\/reader\/fonts\//.test(pathname)) return "hashed";
  if (pathname.startsWith("/app/") || pathname === "/reader/theme.css") return "file";
  if (ANSWERS.test(pathname)) return "answer";
  return destination === "image" && /^\/api\/projects\/[^/]+\/file$/.test(pathname) ? "picture" : null;
}
