/** What the page's address asks for. */

export type Place =
  | { readonly kind: "home" }
  | { readonly kind: "usage" }
  | {
      readonly kind: "project";
      readonly user: string;
      readonly slug: string;
      readonly path: string | null;
      /** Id of the snapshot that a link leads to. */
      readonly snapshot: string | null;
    };

export function readPlace({ pathname, search }: Pick<Location, "pathname" | "search">): Place {
  const [, first, user, slug, ...rest] = pathname.split("/");
  if (first === "usage") return { kind: "usage" };
  if (first !== "edit" || !user?.startsWith("@") || !slug) return { kind: "home" };
  const path = rest.map(decodeURIComponent).join("/");
  const snapshot = new URLSearchParams(search).get("snapshot");
  return { kind: "project", user: user.slice(1), slug, path: path === "" ? null : path, snapshot };
}

export function editAddress(user: string, slug: string, path: string | null): string {
  const tail = path === null ? "" : `/${path.split("/").map(encodeURIComponent).join("/")}`;
  return `/edit/@${user}/${slug}${tail}`;
}

/** Leads a member who may run cells to the snapshot. */
export function snapshotAddress(user: string, slug: string, id: string): string {
  return `${editAddress(user, slug, null)}?${new URLSearchParams({ snapshot: id })}`;
}

/** Where a file of the project is found. */
export const fileUrl = (projectId: string, path: string) =>
  `/api/projects/${projectId}/file?path=${encodeURIComponent(path)}`;
