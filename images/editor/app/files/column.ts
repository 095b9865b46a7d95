/** The column of files beside the document. What can be done with them is loaded when somebody turns to it. */
import { element } from "../element.ts";
import type { FileActions } from "./actions.ts";
import { type FileTreeInput, fileTree } from "./tree.ts";

export interface FileColumnInput extends Omit<FileTreeInput, "toggled"> {
  readonly projectId: string;
}

export interface FileColumn {
  readonly holder: HTMLElement;
  draw(input: FileColumnInput): void;
  /** What can be done, for commands. */
  actions(): Promise<FileActions>;
}

/** @param refresh looks at the project now, and draws */
export function fileColumn(open: (path: string) => void, refresh: () => Promise<void>): FileColumn {
  const tree = element("div", { class: "file-tree" });
  const news = element("div", {});
  const holder = element("nav", { class: "files", "aria-label": "Files" }, tree, news);
  const toggled = new Map<string, boolean>();
  let drawn: FileColumnInput | null = null;
  let loaded: Promise<FileActions> | null = null;

  function draw(input: FileColumnInput): void {
    const focused = document.activeElement?.closest<HTMLElement>(".file-tree li")?.dataset.path;
    drawn = input;
    tree.replaceChildren(fileTree({ ...input, toggled }));
    if (focused !== undefined) focusOn(tree, focused);
  }

  function actions(): Promise<FileActions> {
    const current = () => {
      if (!drawn) throw new Error("the files are drawn before anybody sees them");
      return drawn;
    };
    loaded ??= import("./actions.ts").then(({ fileActions }) => fileActions({ tree, news, current, refresh }));
    // A platform that does not answer now may do so later.
    loaded.catch(() => {
      loaded = null;
    });
    return loaded;
  }

  tree.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>("a") : null;
    const path = link?.closest<HTMLElement>("li")?.dataset.path;
    if (path === undefined || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    open(path);
  });
  tree.addEventListener(
    "toggle",
    ({ target }) => {
      const path = target instanceof HTMLDetailsElement ? target.closest<HTMLElement>("li")?.dataset.path : undefined;
      if (path !== undefined && target instanceof HTMLDetailsElement) toggled.set(path, target.open);
    },
    { capture: true },
  );
  const pathAt = (target: EventTarget | null) =>
    drawn?.canWrite && target instanceof Element
      ? target.closest<HTMLElement>("li[data-path]")?.dataset.path
      : undefined;
  const act = (event: Event, what: (actions: FileActions) => void) => {
    event.preventDefault();
    actions().then(what, () => {});
  };
  tree.addEventListener("keydown", (event) => {
    const path = pathAt(event.target);
    const keys = `${event.altKey ? "Alt-" : ""}${event.ctrlKey || event.metaKey ? "Ctrl-" : ""}${event.key}`;
    if (path === undefined || event.target instanceof HTMLInputElement || !KEYS.has(keys)) return;
    act(event, (loaded) => loaded.press(keys, path));
  });
  tree.addEventListener("contextmenu", (event) => {
    const path = pathAt(event.target);
    if (path !== undefined) act(event, (loaded) => loaded.showMenu(path, event.clientX, event.clientY));
  });
  tree.addEventListener("click", (event) => {
    const more = event.target instanceof Element ? event.target.closest<HTMLElement>(".more") : null;
    const path = pathAt(more);
    if (!more || path === undefined) return;
    const { left, bottom } = more.getBoundingClientRect();
    act(event, (loaded) => loaded.showMenu(path, left, bottom));
  });
  for (const turnedTo of ["pointerenter", "focusin"])
    holder.addEventListener(turnedTo, () => void (drawn?.canWrite && actions().catch(() => {})), { once: true });
  return { holder, draw, actions };
}

/** What they do is in actions.ts. */
const KEYS = new Set(["F2", "Delete", "Alt-ArrowUp", "Alt-ArrowDown", "Ctrl-z"]);

/** On the item of that path, if it is there. */
export function focusOn(tree: HTMLElement, path: string): void {
  const item = tree.querySelector(`li[data-path="${CSS.escape(path)}"]`);
  item?.querySelector<HTMLElement>(":scope > :is(a, details > summary, .more)")?.focus();
}
