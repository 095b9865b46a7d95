/** What can be done with the files of the column: by a menu, by keys, by dragging. Loaded when somebody turns to them. */
import type { Moved, MoveRequest } from "../../../../shared/editor/files.ts";
import { folderOf, isOrdered } from "../../../../shared/fsml/moves.ts";
import { buildTree, type FolderNode, type TreeNode } from "../../../../shared/fsml/tree.ts";
import { element } from "../element.ts";
import { oneAtATime } from "../one-at-a-time.ts";
import type { Command } from "../palette/palette.ts";
import { type FileColumnInput, focusOn } from "./column.ts";
import { draggable } from "./drag.ts";
import { openItemMenu } from "./item-menu.ts";
import { renameField } from "./rename-field.ts";
import { deleteFile, duplicateFile, moveFile, restoreFile, undoMove } from "./requests.ts";

export interface FileActionsInput {
  readonly tree: HTMLElement;
  /** Where it is said what was done. */
  readonly news: HTMLElement;
  readonly current: () => FileColumnInput;
  readonly refresh: () => Promise<void>;
}

export interface FileActions {
  rename(path: string): void;
  moveUp(path: string): void;
  moveDown(path: string): void;
  /** Keys that the column hears while the item has the focus. */
  press(keys: string, path: string): void;
  /** In CSS pixels of the viewport. */
  showMenu(path: string, x: number, y: number): void;
}

export function fileActions({ tree, news, current, refresh }: FileActionsInput): FileActions {
  const { status, problem, attempt } = oneAtATime();
  const undoHolder = element("span", {});
  news.append(element("div", { class: "file-news" }, status, problem, undoHolder));
  /** Takes back what was done last. */
  let undo: (() => void) | null = null;

  function perform(doing: string, act: () => Promise<Done>): void {
    let done: Done | null = null;
    offer(null);
    void attempt(
      doing,
      () => done?.said ?? "",
      async () => {
        done = await act();
        await refresh();
        if (done.focus !== null) focusOn(tree, done.focus);
        offer(done.undo);
      },
    );
  }

  function offer(act: (() => Promise<Done>) | null): void {
    undo = act && (() => perform("Taking it back …", act));
    undoHolder.replaceChildren(
      ...(undo
        ? [element("button", { type: "button", click: undo, title: "Ctrl-Z, with the focus on the files" }, "Undo")]
        : []),
    );
  }

  function move(wanted: MoveRequest): void {
    const { projectId } = current();
    perform("Moving …", async () => {
      const moved = await moveFile(projectId, wanted);
      const { id } = moved;
      const now = moved.renames.find(({ from }) => from === wanted.path)?.to ?? wanted.path;
      const takeBack = async (): Promise<Done> => {
        if (id !== null) await undoMove(projectId, id);
        return { said: "All is where it was.", focus: wanted.path, undo: null };
      };
      return { said: saidOf(moved, wanted.path, now), focus: now, undo: id === null ? null : takeBack };
    });
  }

  function rename(path: string): void {
    const item = tree.querySelector<HTMLElement>(`li[data-path="${CSS.escape(path)}"]`);
    if (!item) return;
    renameField(item, (name) => {
      if (name === null) return focusOn(tree, path);
      move({ path, name });
    });
  }

  function step(path: string, direction: 1 | -1): void {
    const folder = folderAt(buildTree(current().paths), folderOf(path));
    const others = folder.children.filter(isOrdered);
    const at = others.findIndex((node) => node.path === path);
    const next = at + direction;
    if (at === -1 || next < 0 || next >= others.length) return;
    const before = others[direction === 1 ? next + 1 : next]?.name ?? null;
    move({ path, folder: folder.path, before });
  }

  function duplicate(path: string): void {
    const { projectId } = current();
    perform("Copying …", async () => {
      const copy = await duplicateFile(projectId, path);
      return { said: `${copy} is the copy.`, focus: copy, undo: null };
    });
  }

  function remove(path: string): void {
    const { projectId } = current();
    perform("Deleting …", async () => {
      const { id } = await deleteFile(projectId, path);
      const takeBack = async (): Promise<Done> => ({
        said: `${path} is back.`,
        focus: await restoreFile(projectId, id),
        undo: null,
      });
      return { said: `${path} is deleted.`, focus: null, undo: takeBack };
    });
  }

  const commandsFor = (path: string): Command[] => [
    { name: "Rename", keys: "F2", act: () => rename(path) },
    { name: "Move up", keys: "Alt-ArrowUp", act: () => step(path, -1) },
    { name: "Move down", keys: "Alt-ArrowDown", act: () => step(path, 1) },
    ...foldersFor(buildTree(current().paths), path).map((folder) => ({
      name: folder === "" ? "Move out of all folders" : `Move into ${folder}`,
      act: () => move({ path, folder }),
    })),
    { name: "Duplicate", act: () => duplicate(path) },
    { name: "Delete", keys: "Del", act: () => remove(path) },
  ];

  function press(keys: string, path: string): void {
    if (keys === "F2") rename(path);
    else if (keys === "Delete") remove(path);
    else if (keys === "Alt-ArrowUp") step(path, -1);
    else if (keys === "Alt-ArrowDown") step(path, 1);
    else if (keys === "Ctrl-z") undo?.();
  }

  draggable(tree, (path, folder, before) => move({ path, folder, ...(before === undefined ? {} : { before }) }));

  return {
    rename,
    moveUp: (path) => step(path, -1),
    moveDown: (path) => step(path, 1),
    press,
    showMenu: (path, x, y) => openItemMenu(news, commandsFor(path), x, y),
  };
}

interface Done {
  readonly said: string;
  /** Path of the item that has the focus then. */
  readonly focus: string | null;
  readonly undo: (() => Promise<Done>) | null;
}

function saidOf({ id, renames, relinked }: Moved, was: string, now: string): string {
  if (id === null) return "It stands there already.";
  const others = renames.length - 1;
  const parts = [was === now ? "Moved." : `${was} is ${now} now.`];
  if (others > 0) parts.push(others === 1 ? "One other has another number." : `${others} others have other numbers.`);
  if (relinked > 0)
    parts.push(relinked === 1 ? "Links in one document follow." : `Links in ${relinked} documents follow.`);
  return parts.join(" ");
}

function folderAt(root: FolderNode, path: string): FolderNode {
  let at: FolderNode = root;
  for (const name of path === "" ? [] : path.split("/")) {
    const next = at.children.find((child) => child.name === name);
    if (next?.kind !== "folder") break;
    at = next;
  }
  return at;
}

/** Folders that it can be moved into. */
function foldersFor(root: FolderNode, path: string): string[] {
  const found: string[] = [];
  const walk = (node: TreeNode) => {
    if (node.kind !== "folder" || node.path === path) return;
    if (node.path !== folderOf(path)) found.push(node.path);
    for (const child of node.children) walk(child);
  };
  walk(root);
  return found.slice(0, MOST_FOLDERS);
}

/** A menu that is longer helps nobody; what is dragged goes anywhere. */
const MOST_FOLDERS = 12;
