/** Comments beside the document that is open: the button that shows them, and the place where they stand. */
import { StateEffect } from "@codemirror/state";
import type { Passage } from "../../../../shared/editor/anchor.ts";
import { may, type Role } from "../../../../shared/roles.ts";
import type { User } from "../api.ts";
import { element } from "../element.ts";
import type { OpenDocument } from "../open-document.ts";
import type { CommentPanel } from "./panel.ts";

export interface CommentSide {
  readonly button: HTMLElement;
  readonly holder: HTMLElement;
  /** Another document is open. */
  show(discussed: OpenDocument): void;
}

export function commentSide(user: User, role: Role): CommentSide {
  const holder = element("aside", { id: "comments", class: "comments", "aria-label": "Comments", hidden: true });
  const button = element(
    "button",
    { type: "button", class: "quiet", "aria-expanded": "false", "aria-controls": holder.id, click: toggle },
    "Comments",
  );
  let discussed: OpenDocument | null = null;
  let panel: Promise<CommentPanel | null> = Promise.resolve(null);

  function show(next: OpenDocument): void {
    discussed = next;
    next.threads.observe(count);
    count();
    void end();
    if (!holder.hidden) void open();
    showInText(next).catch((error: unknown) => console.warn("Comments can't be seen in the text:", error));
  }

  /** What it takes for that comes after the text. */
  async function showInText(next: OpenDocument): Promise<void> {
    const { commentsInText } = await import("./in-text.ts");
    if (discussed !== next) return;
    const extension = commentsInText(next, may(role, "comment") ? begin : null);
    next.editor.dispatch({ effects: StateEffect.appendConfig.of(extension) });
  }

  function count(): void {
    const open = discussed?.threads.all.filter(({ resolved }) => !resolved).length ?? 0;
    button.textContent = open === 0 ? "Comments" : `Comments (${open})`;
  }

  async function begin(passage: Passage): Promise<void> {
    if (holder.hidden) void open();
    (await panel)?.begin(passage);
  }

  async function toggle(): Promise<void> {
    if (!holder.hidden) return close();
    await open();
    holder.querySelector<HTMLElement>("button")?.focus();
  }

  function open(): Promise<unknown> {
    holder.hidden = false;
    button.setAttribute("aria-expanded", "true");
    panel = draw();
    return panel;
  }

  async function draw(): Promise<CommentPanel | null> {
    const of = discussed;
    holder.replaceChildren(element("p", { class: "hint", role: "status" }, "Loading …"));
    const loaded = await import("./panel.ts").catch(() => null);
    if (discussed !== of || holder.hidden || !of) return null;
    if (!loaded) {
      holder.replaceChildren(
        element("p", { role: "alert" }, "The comments can't be shown: the platform does not answer."),
      );
      return null;
    }
    const drawn = loaded.commentPanel({ discussed: of, user, role, close });
    holder.replaceChildren(drawn.content);
    return drawn;
  }

  function close(): void {
    holder.hidden = true;
    button.setAttribute("aria-expanded", "false");
    void end();
    button.focus();
  }

  async function end(): Promise<void> {
    const ended = panel;
    panel = Promise.resolve(null);
    (await ended)?.end();
  }

  holder.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") close();
  });
  return { button, holder, show };
}
