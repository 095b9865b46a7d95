/** New files, the document's copy, and what was deleted, with a way back. Loaded when it is first asked for. */
import type { Deleted } from "../../../../shared/editor/files.ts";
import { element } from "../element.ts";
import { oneAtATime } from "../one-at-a-time.ts";
import { timeOf } from "../time.ts";
import { createFile, deleteFile, duplicateFile, listTrash, restoreFile } from "./requests.ts";

export interface FilePanelInput {
  readonly projectId: string;
  /** Path of the document that is open. */
  readonly current: () => string;
  /** Shows the project as it is now. */
  readonly refresh: () => Promise<void>;
  /** The same, and opens a document of it; null is the one that the project begins with. */
  readonly open: (path: string | null) => Promise<void>;
}

/** Throws ApiError if the trash can't be listed. */
export async function filePanel({ projectId, current, refresh, open }: FilePanelInput): Promise<HTMLElement> {
  const name = element("input", { type: "text", required: true, autocomplete: "off", placeholder: "02-methods.md" });
  const path = element("h3");
  const list = element("ul", { "aria-label": "Deleted files" });
  const { status, problem, attempt } = oneAtATime();
  // Takes the focus of a row that has gone.
  status.tabIndex = -1;

  function change(doing: string, done: string, act: () => Promise<void>): void {
    void attempt(doing, done, async () => {
      await act();
      draw(await listTrash(projectId));
    });
  }

  function draw(deleted: readonly Deleted[]): void {
    path.textContent = current();
    const hadFocus = list.contains(document.activeElement);
    list.replaceChildren(...deleted.map(row));
    if (hadFocus) status.focus();
  }

  function row({ id, path: was, deleted, by }: Deleted): HTMLElement {
    const restore = () =>
      change("Restoring …", `${was} is back.`, async () => {
        await restoreFile(projectId, id);
        await refresh();
      });
    return element(
      "li",
      {},
      element("h3", {}, was),
      element("span", { class: "hint" }, `by @${by} · `, timeOf(deleted)),
      element(
        "span",
        { class: "actions" },
        element("button", { type: "button", "aria-label": `Restore ${was}`, click: restore }, "Restore"),
      ),
    );
  }

  draw(await listTrash(projectId));
  const form = element(
    "form",
    { class: "save" },
    element("label", {}, "New file", name),
    element("button", { type: "submit" }, "Create"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = name.value.trim();
    if (wanted === "") return;
    change("Creating …", `${wanted} is there.`, async () => {
      await open(await createFile(projectId, wanted));
      name.value = "";
    });
  });
  const duplicate = () =>
    change("Copying …", "This is the copy.", async () => open(await duplicateFile(projectId, current())));
  // Nothing to ask first: it can be brought back, right below.
  function remove(): void {
    const gone = current();
    change("Deleting …", `${gone} is deleted. It can be restored here.`, async () => {
      await deleteFile(projectId, gone);
      await open(null);
    });
  }

  return element(
    "div",
    {},
    element("h2", {}, "Files"),
    form,
    path,
    element(
      "p",
      { class: "actions" },
      element("button", { type: "button", click: duplicate }, "Duplicate"),
      element("button", { type: "button", class: "danger", click: remove }, "Delete"),
    ),
    status,
    problem,
    element("h3", {}, "Deleted"),
    list,
  );
}
