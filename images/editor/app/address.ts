/** What the page's address asks for. */

export type Place =
  | { readonly kind: "home" }
  | { readonly kind: "project"; readonly user: string; readonly slug: string; readonly path: string | null };

export function readPlace(pathname: string): Place {
  const [, edit, user, slug, ...rest] = pathname.split("/");
  if (edit !== "edit" || !user?.startsWith("@") || !slug) return { kind: "home" };
  const path = rest.map(decodeURIComponent).join("/");
  return { kind: "project", user: user.slice(1), slug, path: path === "" ? null : path };
}

export function editAddress(user: string, slug: string, path: string | null): string {
  const tail = path === null ? "" : `/${path.split("/").map(encodeURIComponent).join("/")}`;
  return `/edit/@${user}/${slug}${tail}`;
}

/** Where a file of the project is found. */
export const fileUrl = (projectId: string, path: string) =>
  `/api/projects/${projectId}/file?path=${encodeURIComponent(path)}`;
