/** One thread in the panel: the words it is on, what was said, and what the person may do about it. */
import type { Comment, CommentRequest, Thread } from "../../../../shared/editor/comments.ts";
import { may, type Role } from "../../../../shared/roles.ts";
import type { User } from "../api.ts";
import { askFirst } from "../ask-first.ts";
import { element } from "../element.ts";
import { timeOf } from "../time.ts";
import { type WriteForm, writeForm } from "./write-form.ts";

type Distribute<R> = R extends CommentRequest ? Omit<R, "path"> : never;
/** What is asked for, of the document that is open. */
export type CommentChange = Distribute<CommentRequest>;

export interface CardInput {
  readonly user: User;
  readonly role: Role;
  /** Asks for a change; `then` is called once it is done. */
  readonly ask: (change: CommentChange, then?: () => void) => void;
  /** Shows where in the document the thread is. */
  readonly reveal: (thread: Thread) => void;
}

export class Card {
  readonly element = element("li", { class: "thread" });
  readonly #input: CardInput;
  readonly #said = element("div");
  readonly #foot = element("div");
  #thread: Thread;
  #drawn = "";
  /** A form that is open lives through what others do to the thread. */
  #open: { readonly comment: string | null; readonly written: WriteForm } | null = null;

  constructor(thread: Thread, input: CardInput) {
    this.#thread = thread;
    this.#input = input;
    this.element.append(this.#said, this.#foot);
  }

  /** @param isPlaced whether its passage is still in the document */
  show(thread: Thread, isPlaced: boolean, isCurrent: boolean): void {
    this.element.classList.toggle("is-current", isCurrent);
    const drawn = JSON.stringify([thread, isPlaced]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#thread = thread;
    this.#draw(isPlaced);
  }

  #draw(isPlaced: boolean): void {
    const { quote, resolved, comments } = this.#thread;
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    const words = element(
      "button",
      {
        type: "button",
        class: "quote",
        disabled: !isPlaced,
        title: isPlaced ? "Show it in the document" : "It is not in the document any more",
        click: () => this.#input.reveal(this.#thread),
      },
      quote,
    );
    this.#said.replaceChildren(
      words,
      ...(isPlaced ? [] : [element("span", { class: "hint" }, "Not in the document any more")]),
      ...comments.map((comment) => this.#comment(comment)),
      ...(resolved ? [element("p", { class: "hint" }, `Resolved by ${resolved.by.name} · `, timeOf(resolved.at))] : []),
    );
    this.#drawFoot();
    // A form that was drawn once more is the same one, but has lost the focus.
    if (focused?.isConnected) focused.focus();
  }

  #comment(comment: Comment): HTMLElement {
    const { id, author, at, edited, text } = comment;
    const isEditing = this.#open?.comment === id;
    return element(
      "article",
      { class: "comment" },
      element(
        "p",
        { class: "hint" },
        element("strong", {}, author.name),
        " ",
        timeOf(at),
        ...(edited === null ? [] : [" · edited"]),
      ),
      ...(this.#open && isEditing
        ? [this.#open.written.form]
        : [element("p", { class: "said" }, text), this.#commentActions(comment)]),
    );
  }

  #commentActions({ id, author, text }: Comment): HTMLElement {
    const { user, role, ask } = this.#input;
    const thread = this.#thread.id;
    const isMine = author.userId === user.userId;
    const about = `what ${author.name} said: ${text.slice(0, 40)}`;
    const actions = element("span", { class: "actions" });
    if (isMine && may(role, "comment")) {
      const edit = () => this.#openForm(id, "Save", text, { do: "edit", thread, comment: id });
      actions.append(element("button", { type: "button", "aria-label": `Edit ${about}`, click: edit }, "Edit"));
    }
    if ((isMine && may(role, "comment")) || may(role, "moderate")) {
      const remove = () => ask({ do: "delete", thread, comment: id });
      actions.append(askFirst({ label: "Delete", about, warning: "It can't be brought back.", act: remove }));
    }
    return actions;
  }

  #drawFoot(): void {
    const { role, ask } = this.#input;
    const { id: thread, resolved, quote } = this.#thread;
    if (!may(role, "comment")) return;
    if (this.#open?.comment === null) {
      this.#foot.replaceChildren(this.#open.written.form);
      return;
    }
    const button = (label: string, click: () => void) =>
      element("button", { type: "button", "aria-label": `${label}: ${quote.slice(0, 40)}`, click }, label);
    const reply = () => this.#openForm(null, "Reply", "", { do: "reply", thread, comment: crypto.randomUUID() });
    this.#foot.replaceChildren(
      element(
        "span",
        { class: "actions" },
        ...(resolved
          ? [button("Reopen", () => ask({ do: "reopen", thread }))]
          : [button("Reply", reply), button("Resolve", () => ask({ do: "resolve", thread }))]),
      ),
    );
  }

  /** `comment`: the one that is edited, null for a reply. */
  #openForm(comment: string | null, submit: string, text: string, change: Written): void {
    const close = () => {
      this.#open = null;
      this.#draw(this.#isPlaced);
      this.#foot.querySelector("button")?.focus();
    };
    const send = (written: string) => this.#input.ask({ ...change, text: written }, close);
    const label = comment === null ? "Your reply" : "Your comment";
    this.#open = { comment, written: writeForm({ label, submit, text, send, cancel: close }) };
    this.#draw(this.#isPlaced);
    this.#open.written.focus();
  }

  get #isPlaced(): boolean {
    return !this.#said.querySelector(".quote:disabled");
  }
}

type Written = Omit<Extract<CommentChange, { do: "reply" | "edit" }>, "text">;
