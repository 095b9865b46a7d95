/** The document as a file, the folders of the project, and what was deleted, with a way back. Loaded when it is first asked for. */
import type { Deleted } from "../../../../shared/editor/files.ts";
import { may } from "../../../../shared/roles.ts";
import { element } from "../element.ts";
import { oneAtATime } from "../one-at-a-time.ts";
import { timeOf } from "../time.ts";
import type { Desk } from "../tools.ts";
import { folderForm } from "../transfer/folder-form.ts";
import { takeFile } from "../transfer/ways.ts";
import { createFile, deleteFile, duplicateFile, listTrash, restoreFile } from "./requests.ts";

/** Throws ApiError if the trash can't be listed. */
export async function filePanel(desk: Desk): Promise<HTMLElement> {
  const path = element("h3");
  const keep = element("button", { type: "button", click: () => takeFile(desk) }, "Download");
  const parts = may(desk.project.role, "write")
    ? await changing(desk, path, keep)
    : [path, element("p", { class: "actions" }, keep), folderForm(desk)];
  path.textContent = desk.path;
  return element("div", {}, element("h2", {}, "Files"), ...parts);
}

/** For who may write. `path` says which file it is about. */
async function changing(desk: Desk, path: HTMLElement, keep: HTMLElement): Promise<HTMLElement[]> {
  const { projectId } = desk.project;
  const name = element("input", { type: "text", required: true, autocomplete: "off", placeholder: "02-methods.md" });
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

  /** Null is the document that the project begins with. */
  async function open(wanted: string | null): Promise<void> {
    await desk.refresh();
    desk.open(wanted);
  }

  function draw(deleted: readonly Deleted[]): void {
    path.textContent = desk.path;
    const hadFocus = list.contains(document.activeElement);
    list.replaceChildren(...deleted.map(row));
    if (hadFocus) status.focus();
  }

  function row({ id, path: was, deleted, by }: Deleted): HTMLElement {
    const restore = () =>
      change("Restoring …", `${was} is back.`, async () => {
        await restoreFile(projectId, id);
        await desk.refresh();
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
    change("Copying …", "This is the copy.", async () => open(await duplicateFile(projectId, desk.path)));
  // Nothing to ask first: it can be brought back, right below.
  function remove(): void {
    const gone = desk.path;
    change("Deleting …", `${gone} is deleted. It can be restored here.`, async () => {
      await deleteFile(projectId, gone);
      await open(null);
    });
  }

  return [
    form,
    path,
    element(
      "p",
      { class: "actions" },
      element("button", { type: "button", click: duplicate }, "Duplicate"),
      keep,
      element("button", { type: "button", class: "danger", click: remove }, "Delete"),
    ),
    status,
    problem,
    folderForm(desk),
    element("h3", {}, "Deleted"),
    list,
  ];
}
