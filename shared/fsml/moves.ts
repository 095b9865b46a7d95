/** Which files and folders get which names when one of them is moved or renamed (formats.md §1, "Moves"). */
import { Fault } from "../daemon/fault.ts";
import { numbered, type Sibling } from "./numbering.ts";
import { isUnder, problemOfNewPath } from "./path.ts";
import { buildTree, type FolderNode, isIndex, type TreeNode } from "./tree.ts";

/** All that stands below `from` stands below `to` then. */
export interface Rename {
  readonly from: string;
  readonly to: string;
}

export interface Destination {
  /** "" is the project's root. It need not be there yet. */
  readonly folder: string;
  /** Name of the item in it that it stands before; null: behind all. Without it, it stands where its name puts it. */
  readonly before?: string | null | undefined;
}

/**
 * @param paths all files of the project
 * @returns no two of one name, none inside another; empty if all is as it is wanted
 * Throws Fault("not_found" | "invalid" | "conflict").
 */
export function planMove(paths: readonly string[], path: string, { folder, before }: Destination): Rename[] {
  const root = buildTree(paths);
  const node = existing(root, path);
  if (isUnder(folder, path)) throw new Fault("invalid", `${path} can't be moved into itself`);
  if (folder !== "") refuse(folder);
  const target = folder === "" ? root : find(root, folder);
  if (target?.kind === "file") throw new Fault("invalid", `${folder} is a file: nothing can be moved into it`);
  const siblings = (target?.children ?? []).filter((child) => child.path !== path);
  if (before === undefined || !isOrdered(node)) return checked(paths, [{ from: path, to: join(folder, node.name) }]);
  const others = siblings.filter(isOrdered);
  const at = before === null ? others.length : placeBefore(siblings, others, before);
  const wanted: readonly TreeNode[] = others.toSpliced(at, 0, node);
  const names = numbered(wanted satisfies readonly Sibling[], node);
  return checked(
    paths,
    wanted.map((each, i) => ({ from: each.path, to: join(folder, names[i] ?? each.name) })),
  );
}

/** @param name with number and extension, as it is to be. Throws as planMove. */
export function planRename(paths: readonly string[], path: string, name: string): Rename[] {
  existing(buildTree(paths), path);
  if (name.includes("/")) throw new Fault("invalid", `"${name}": a name has no slash; move it to put it elsewhere`);
  return checked(paths, [{ from: path, to: join(folderOf(path), name) }]);
}

/** Where a file is after the renames. */
export function renamed(renames: readonly Rename[], path: string): string {
  const found = renames.find(({ from }) => isUnder(path, from));
  return found ? found.to + path.slice(found.from.length) : path;
}

export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function join(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

function existing(root: FolderNode, path: string): TreeNode {
  const node = find(root, path);
  if (!node || path === "") throw new Fault("not_found", `there is no file ${path}`);
  if (path.toLowerCase() === "mrmd.md") throw new Fault("invalid", "mrmd.md makes the folder a project: it stays");
  return node;
}

function find(root: FolderNode, path: string): TreeNode | null {
  let at: TreeNode = root;
  for (const segment of path === "" ? [] : path.split("/")) {
    const next: TreeNode | undefined =
      at.kind === "folder" ? at.children.find(({ name }) => name === segment) : undefined;
    if (!next) return null;
    at = next;
  }
  return at;
}

/** What has a place in the order: pages, and folders of pages. Programs know other files by their names. */
export function isOrdered(node: TreeNode): boolean {
  if (node.name.startsWith("_") || isIndex(node)) return false;
  if (node.kind === "file") return node.isPage && node.name.toLowerCase() !== "mrmd.md";
  return node.children.some((child) => isIndex(child) || isOrdered(child));
}

/** Whatever it is, it stands somewhere among those that have an order. */
function placeBefore(siblings: readonly TreeNode[], others: readonly TreeNode[], before: string): number {
  const at = siblings.findIndex(({ name }) => name === before);
  if (at === -1) throw new Fault("not_found", `there is no ${before} to stand before`);
  const next = siblings.slice(at).find((sibling) => others.includes(sibling));
  return next ? others.indexOf(next) : others.length;
}

function checked(paths: readonly string[], renames: readonly Rename[]): Rename[] {
  const real = renames.filter(({ from, to }) => from !== to);
  for (const { to } of real) refuse(to);
  const leaving = new Set(real.map(({ from }) => from));
  const staying = new Set(paths.flatMap((path) => withFolders(path)).filter((path) => !leaving.has(path)));
  const wanted = new Set<string>();
  for (const { to } of real) {
    if (staying.has(to) || wanted.has(to)) throw new Fault("conflict", `there is a ${to} already`);
    wanted.add(to);
  }
  return real;
}

function withFolders(path: string): string[] {
  const segments = path.split("/");
  return segments.map((_, i) => segments.slice(0, i + 1).join("/"));
}

function refuse(path: string): void {
  const problem = problemOfNewPath(path);
  if (problem) throw new Fault("invalid", problem);
}
