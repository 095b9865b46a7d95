/** What the open document was, who changed it and how, and the way back. Loaded when it is first asked for. */
import { diffText } from "../../../../shared/document/diff.ts";
import { type Version, VersionList, VersionText } from "../../../../shared/editor/history.ts";
import { json, send } from "../api.ts";
import { element } from "../element.ts";
import { oneAtATime } from "../one-at-a-time.ts";
import type { OpenDocument } from "../open-document.ts";
import { addStyle } from "../style.ts";
import { timeOf } from "../time.ts";
import { authorsOf } from "./authors.ts";
import { compare, plainRows } from "./compare.ts";
import css from "./history.css" with { type: "text" };
import { drawRows } from "./rows.ts";

addStyle(css);

export async function openHistory(open: OpenDocument): Promise<void> {
  const { projectId, path, editor } = open;
  const at = (door: string, query: Record<string, string> = {}) =>
    `/api/projects/${projectId}/editor/${door}?${new URLSearchParams({ path, ...query })}`;
  const { status, problem, attempt } = oneAtATime();
  const list = element("ol", { class: "versions", "aria-label": "Versions" });
  const changes = element("div", { class: "changes", tabindex: "0", role: "region", "aria-label": "Changes" });
  const withNow = element("input", { type: "checkbox", change: () => void show() });
  const restoring = element(
    "button",
    { type: "button", title: "As an edit: Ctrl-Z takes it back", click: restore },
    "Restore this version",
  );
  const tools = element(
    "p",
    { class: "actions" },
    element("label", {}, withNow, " Compare with what it is now"),
    restoring,
  );
  const dialog = element(
    "dialog",
    { class: "history", "aria-labelledby": "history-title" },
    element(
      "header",
      {},
      element("h2", { id: "history-title" }, "History"),
      element("span", { class: "hint" }, path),
      element("button", { type: "button", "aria-label": "Close history", click: () => dialog.close() }, "×"),
    ),
    list,
    element("div", { class: "version" }, tools, status, problem, changes),
  );
  const texts = new Map<number, Promise<string>>();
  let versions: readonly Version[] = [];
  /** Null is what the document is now. */
  let chosen: Version | null = null;

  const textOf = (version: Version): Promise<string> => {
    const known =
      texts.get(version.id) ??
      json(VersionText, at("version", { version: String(version.id) })).then(({ text }) => text);
    texts.set(version.id, known);
    // Asked for once more, it may come.
    known.catch(() => texts.delete(version.id));
    return known;
  };
  const now = () => editor.state.doc.toString();

  async function load(): Promise<void> {
    const found = await json(VersionList, at("versions"));
    versions = found.versions;
    const entry = (version: Version | null, when: Node | string, who: string) =>
      element(
        "li",
        {},
        element(
          "button",
          { type: "button", class: "quiet", "data-version": String(version?.id ?? ""), click: () => choose(version) },
          element("strong", {}, when),
          element("span", { class: "hint" }, who),
        ),
      );
    list.replaceChildren(
      entry(null, "Now", found.current ? authorsOf(found.current.authors) : "as the version before"),
      ...versions.toReversed().map((version) => entry(version, timeOf(version.ended), authorsOf(version.authors))),
    );
  }

  function choose(version: Version | null): void {
    chosen = version;
    void show();
  }

  async function show(): Promise<void> {
    const version = chosen;
    for (const button of list.querySelectorAll("button")) {
      if (button.dataset.version === String(version?.id ?? "")) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
    tools.hidden = version === null;
    restoring.hidden = editor.state.readOnly;
    const rows = await rowsOf(version).catch((error: unknown) => {
      problem.textContent = error instanceof Error ? error.message : "This can't be shown.";
      return null;
    });
    if (chosen !== version || !rows) return;
    changes.replaceChildren(drawRows(rows));
    changes.scrollTop = 0;
  }

  async function rowsOf(version: Version | null) {
    const before = versions.findLast(({ id }) => version === null || id < version.id);
    if (version && withNow.checked) return compare(await textOf(version), now());
    const text = version ? await textOf(version) : now();
    return before ? compare(await textOf(before), text) : plainRows(text);
  }

  function restore(): void {
    const version = chosen;
    if (!version) return;
    void attempt("Restoring …", "", async () => {
      const text = await textOf(version);
      // What is written since the last version becomes one, so that nothing is lost by this.
      await open.saved();
      await send("POST", `/api/projects/${projectId}/editor/keep`, { path });
      editor.dispatch({ changes: diffText(now(), text), userEvent: "input.restore" });
      dialog.close();
      editor.focus();
    });
  }

  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  await attempt("Loading …", "", load);
  choose(null);
}
