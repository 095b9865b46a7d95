/** All threads of the open document, beside it. Loaded when it is first opened. */
import { EditorView } from "@codemirror/view";
import { anchorOf, type Passage } from "../../../../shared/editor/anchor.ts";
import type { Thread } from "../../../../shared/editor/comments.ts";
import { may, type Role } from "../../../../shared/roles.ts";
import { send, type User } from "../api.ts";
import { element } from "../element.ts";
import { oneAtATime } from "../one-at-a-time.ts";
import type { OpenDocument } from "../open-document.ts";
import { Card, type CommentChange } from "./card.ts";
import { placeOf } from "./place.ts";
import { writeForm } from "./write-form.ts";

export interface CommentPanelInput {
  readonly discussed: OpenDocument;
  readonly user: User;
  readonly role: Role;
}

export interface CommentPanel {
  readonly content: HTMLElement;
  /** Opens a field for a comment on the passage. */
  begin(passage: Passage): void;
  /** Nobody sees it any more. */
  end(): void;
}

export function commentPanel({ discussed, user, role }: CommentPanelInput): CommentPanel {
  const { projectId, path, editor, text, threads } = discussed;
  const { status, problem, attempt } = oneAtATime();
  const cards = new Map<string, Card>();
  const list = element("ol", { "aria-label": "Threads" });
  const empty = element("p", { class: "hint" });
  const begun = element("div", {});
  const resolved = element("input", { type: "checkbox", change: draw });
  const showResolved = element("label", { class: "hint" }, resolved, " Show resolved");

  function ask(change: CommentChange, then?: () => void): void {
    void attempt("Sending …", "", async () => {
      // The server knows a passage by what it has of the text.
      await discussed.saved();
      await send("POST", `/api/projects/${projectId}/editor/comments`, { path, ...change });
      then?.();
    });
  }

  function begin(passage: Passage): void {
    const anchor = anchorOf(text, passage);
    const comment = crypto.randomUUID();
    const done = () => {
      begun.replaceChildren();
      editor.focus();
    };
    const { form, focus } = writeForm({
      label: "Your comment",
      submit: "Comment",
      send: (written) =>
        ask({ do: "begin", comment, anchor, text: written }, () => {
          done();
          threads.look(comment);
        }),
      cancel: done,
    });
    const quote = element("p", { class: "quote" }, editor.state.sliceDoc(passage.from, passage.to));
    begun.replaceChildren(quote, form);
    focus();
  }

  function reveal(thread: Thread): void {
    const place = placeOf(text, thread);
    threads.look(thread.id);
    if (place) editor.dispatch({ effects: EditorView.scrollIntoView(place.from, { y: "center" }) });
  }

  function draw(): void {
    const shown = threads.all
      .filter((thread) => resolved.checked || !thread.resolved)
      .map((thread) => ({ thread, place: placeOf(text, thread) }))
      .sort((a, b) => (a.place?.from ?? Number.MAX_SAFE_INTEGER) - (b.place?.from ?? Number.MAX_SAFE_INTEGER));
    const hidden = threads.all.filter((thread) => thread.resolved).length;
    showResolved.hidden = hidden === 0;
    empty.textContent = shown.length > 0 ? "" : emptyHint(role, hidden);
    for (const [id, card] of cards) {
      if (shown.some(({ thread }) => thread.id === id)) continue;
      card.element.remove();
      cards.delete(id);
    }
    for (const [at, { thread, place }] of shown.entries()) {
      const card = cards.get(thread.id) ?? new Card(thread, { user, role, ask, reveal });
      cards.set(thread.id, card);
      card.show(thread, place !== null, thread.id === threads.current);
      // One that is moved loses the focus, so only those move that have to.
      if (list.children[at] !== card.element) list.insertBefore(card.element, list.children[at] ?? null);
    }
  }

  let looked: string | null = null;
  function follow(): void {
    draw();
    if (threads.current === looked) return;
    looked = threads.current;
    if (looked) cards.get(looked)?.element.scrollIntoView({ block: "nearest" });
  }

  const end = threads.observe(follow);
  draw();
  const content = element("div", {}, status, problem, begun, showResolved, empty, list);
  return { content, begin, end };
}

function emptyHint(role: Role, resolved: number): string {
  if (resolved > 0) return "All comments are resolved.";
  return may(role, "comment")
    ? "Nobody has commented yet. Select some words, then press Comment or Ctrl-Alt-M."
    : "Nobody has commented yet.";
}
