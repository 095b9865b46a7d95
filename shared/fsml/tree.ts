/** The folder tree of a project as its author and its readers see it (formats.md §1). Pure: built from a list of paths. */
import { compareParsed, type Name, parseName, titleOfSlug } from "./name.ts";
import { isHidden } from "./path.ts";

export interface FileNode extends Name {
  readonly kind: "file";
  readonly path: string;
  readonly name: string;
}
export interface FolderNode extends Name {
  readonly kind: "folder";
  /** "" for the project's root. */
  readonly path: string;
  readonly name: string;
  readonly children: readonly TreeNode[];
}
export type TreeNode = FileNode | FolderNode;

/** Builds the tree of `paths`, without tooling (`.git`, `.mrmd`, other dot names). `_` items come last in each folder. */
export function buildTree(paths: Iterable<string>): FolderNode {
  interface Draft {
    folders: Map<string, Draft>;
    files: string[];
  }
  const root: Draft = { folders: new Map(), files: [] };
  for (const path of paths) {
    if (isHidden(path)) continue;
    const segments = path.split("/");
    let folder = root;
    for (const segment of segments.slice(0, -1)) {
      let next = folder.folders.get(segment);
      if (!next) {
        next = { folders: new Map(), files: [] };
        folder.folders.set(segment, next);
      }
      folder = next;
    }
    folder.files.push(segments.at(-1) ?? "");
  }
  const finish = (draft: Draft, path: string, name: string): FolderNode => {
    const under = (child: string) => (path === "" ? child : `${path}/${child}`);
    const children: TreeNode[] = [
      ...[...draft.folders].map(([child, inner]) => finish(inner, under(child), child)),
      ...draft.files.map(
        (child): FileNode => ({ kind: "file", path: under(child), name: child, ...parseName(child, "file") }),
      ),
    ];
    // Siblings as their author sees them: `_` items last.
    children.sort((a, b) => Number(a.name.startsWith("_")) - Number(b.name.startsWith("_")) || compareParsed(a, b));
    return { kind: "folder", path, name, ...parseName(name, "folder"), children };
  };
  return finish(root, "", "");
}

/** The page that a folder opens with: its `index.md`, or null. */
export function indexOf(folder: FolderNode): FileNode | null {
  const found = folder.children.find((child) => child.kind === "file" && isIndex(child));
  return found?.kind === "file" ? found : null;
}

export function isIndex(node: TreeNode): boolean {
  return node.kind === "file" && node.isPage && node.slug.toLowerCase() === "index";
}

/**
 * The short title of a node: front matter's `title:` where the caller knows it, else from the name.
 * `index.md` takes its folder's; at the root it takes `projectTitle`.
 */
export function titleOf(node: TreeNode, frontMatterTitle: string | null, projectTitle: string): string {
  if (frontMatterTitle) return frontMatterTitle;
  if (node.kind === "folder") return node.path === "" ? projectTitle : titleOfSlug(node.slug);
  if (isIndex(node)) {
    const folder = node.path.split("/").at(-2);
    return folder === undefined ? projectTitle : titleOfSlug(parseName(folder, "folder").slug);
  }
  return titleOfSlug(node.slug);
}
