/** What runs, kept under names: save, restore, share, delete. Loaded when it is first asked for. */
import type { SnapshotList, SnapshotState } from "../../../shared/daemon/contract.ts";
import type { Role } from "../../../shared/roles.ts";
import type { User } from "./api.ts";
import { askFirst } from "./ask-first.ts";
import { element } from "./element.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { size } from "./size.ts";
import { deleteSnapshot, listSnapshots, restoreSnapshot, saveSnapshot, shareSnapshot } from "./snapshots.ts";
import { timeOf } from "./time.ts";

export interface SnapshotPanelInput {
  readonly projectId: string;
  readonly user: User;
  readonly role: Role;
  /** Where a snapshot's link leads: path and query. */
  readonly addressOf: (id: string) => string;
  /** Id of the snapshot that a link has led to. */
  readonly wanted: string | null;
  /** The runtime is another one now. */
  readonly onRestored: () => void;
}

/** Throws ApiError if the snapshots can't be listed. */
export async function snapshotPanel(input: SnapshotPanelInput): Promise<HTMLElement> {
  const { projectId, user, role, addressOf, wanted, onRestored } = input;
  const name = element("input", { type: "text", required: true, maxlength: "80", autocomplete: "off" });
  const list = element("ul");
  const used = element("p", { class: "hint" });
  const { status, problem, attempt } = oneAtATime();

  const change = (doing: string, done: string, act: () => Promise<void>) =>
    void attempt(doing, done, async () => {
      await act();
      draw(await listSnapshots(projectId));
    });

  /** The id stays while the name does: pressed again after a lost connection, it asks for the same snapshot. */
  let asked = { name: "", id: "" };
  function save(): void {
    const text = name.value.trim();
    if (text === "") return;
    if (asked.name !== text) asked = { name: text, id: crypto.randomUUID() };
    change("Saving …", `“${text}” is kept.`, async () => {
      await saveSnapshot(projectId, text, asked.id);
      asked = { name: "", id: "" };
      name.value = "";
    });
  }

  function draw({ snapshots, usedBytes, quotaBytes }: SnapshotList): void {
    // A button that had the focus is another one now, or gone with its row.
    const focused = document.activeElement?.closest<HTMLElement>("li[data-snapshot]")?.dataset.snapshot;
    list.replaceChildren(...snapshots.map(row));
    used.textContent = `${size(usedBytes)} of ${size(quotaBytes)} used`;
    if (focused) (list.querySelector<HTMLElement>(`[data-snapshot="${focused}"] button`) ?? name).focus();
  }

  function row(snapshot: SnapshotState): HTMLElement {
    const { id, name: title, bytes, tier, created, madeBy, shared, problem: why } = snapshot;
    const isMine = madeBy === user.userId;
    const facts = [size(bytes), tier, ...(isMine ? [] : ["by somebody else"]), ...(shared ? ["shared"] : [])];
    return element(
      "li",
      { "data-snapshot": id, ...(id === wanted ? { "aria-current": "true" } : {}) },
      element("h3", {}, title),
      element("span", { class: "hint" }, `${facts.join(" · ")} · `, timeOf(created)),
      ...(why === null ? [] : [element("span", { class: "why-not" }, `Can't be restored: ${why}`)]),
      element("span", { class: "actions" }, ...actions(snapshot, isMine || role === "owner")),
    );
  }

  function actions({ id, name: title, shared, problem: why }: SnapshotState, isOurs: boolean): HTMLElement[] {
    const restore = askFirst({
      label: "Restore",
      about: title,
      warning: "What the runtime has now will be gone.",
      act: () =>
        change("Restoring …", `The runtime goes on from “${title}”.`, async () => {
          await restoreSnapshot(projectId, id);
          onRestored();
        }),
    });
    const share = element(
      "button",
      {
        type: "button",
        "aria-label": `${shared ? "Stop sharing" : "Share"} ${title}`,
        title: "With everybody who may run cells here",
        click: () =>
          change("…", `“${title}” is ${shared ? "not shared any more" : "shared"}.`, () =>
            shareSnapshot(projectId, id, !shared),
          ),
      },
      shared ? "Stop sharing" : "Share",
    );
    const forget = askFirst({
      label: "Delete",
      about: title,
      warning: "It can't be brought back.",
      act: () => change("Deleting …", `“${title}” is deleted.`, () => deleteSnapshot(projectId, id)),
    });
    const link = element(
      "button",
      { type: "button", "aria-label": `Copy link to ${title}`, click: () => void copyLink(title, id) },
      "Copy link",
    );
    return [...(why === null ? [restore] : []), ...(shared ? [link] : []), ...(isOurs ? [share, forget] : [])];
  }

  async function copyLink(title: string, id: string): Promise<void> {
    const link = new URL(addressOf(id), location.href).href;
    try {
      await navigator.clipboard.writeText(link);
      status.textContent = `The link to “${title}” is copied. It is for members who may run cells here.`;
    } catch {
      // The browser lets nobody write there: the person can.
      status.textContent = `The link to “${title}” is ${link}`;
    }
  }

  draw(await listSnapshots(projectId));
  if (wanted !== null) {
    const found = [...list.querySelectorAll<HTMLElement>("li")].find((row) => row.dataset.snapshot === wanted);
    found?.querySelector("button")?.toggleAttribute("autofocus", true);
    if (!found) problem.textContent = "The link's snapshot is deleted, or it is not shared with you.";
  }
  const form = element(
    "form",
    { class: "save" },
    element("label", {}, "Keep what runs now as", name),
    element("button", { type: "submit" }, "Save"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  return element("div", {}, element("h2", {}, "Snapshots"), form, status, problem, list, used);
}
