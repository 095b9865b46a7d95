/**
 * What stands beside the document: its comments, its outline, a search. A button shows and hides each, one is shown at a
 * time, and its code comes when it is first shown.
 */
import { element } from "./element.ts";
import type { OpenDocument } from "./open-document.ts";

export interface SideContent {
  readonly content: HTMLElement;
  /** Nobody sees it any more. */
  end(): void;
}

export interface SideInput<Content extends SideContent> {
  readonly label: string;
  /** Makes what is shown of the document that is open. */
  readonly load: () => Promise<(open: OpenDocument) => Content>;
  /** It is about the project, and stays as it is when another document is opened. */
  readonly stays?: true;
}

export interface Side<Content extends SideContent = SideContent> {
  readonly button: HTMLButtonElement;
  readonly holder: HTMLElement;
  /** Another document is open. */
  show(open: OpenDocument): void;
  /** Resolves with what is shown then; null if it can't be, which is said in its place. */
  reveal(): Promise<Content | null>;
  /** Shows it, and gives it the focus. */
  enter(): Promise<void>;
  hide(): void;
}

export function side<Content extends SideContent>({ label, load, stays }: SideInput<Content>): Side<Content> {
  const name = label.toLowerCase();
  const holder = element("aside", {
    id: `side-${name}`,
    class: `side side-${name}`,
    "aria-label": label,
    hidden: true,
  });
  const button = element(
    "button",
    { type: "button", class: "quiet", "aria-expanded": "false", "aria-controls": holder.id, click: toggle },
    label,
  );
  let document: OpenDocument | null = null;
  let drawn: Promise<Content | null> = Promise.resolve(null);

  async function toggle(): Promise<void> {
    if (holder.hidden) await enter();
    else close();
  }

  async function enter(): Promise<void> {
    await reveal();
    const first =
      holder.querySelector<HTMLElement>(":scope > div [aria-current]") ??
      holder.querySelector(":scope > div :is(input, button, a)");
    if (first instanceof HTMLElement) first.focus();
  }

  function reveal(): Promise<Content | null> {
    if (!holder.hidden) return drawn;
    holder.hidden = false;
    button.setAttribute("aria-expanded", "true");
    // Whoever else stands there makes room.
    holder.dispatchEvent(new Event(REVEALED, { bubbles: true }));
    drawn = draw();
    return drawn;
  }

  async function draw(): Promise<Content | null> {
    const of = document;
    const place = element("div", {}, element("p", { class: "hint", role: "status" }, "Loading …"));
    holder.replaceChildren(header(), place);
    const made = await load().catch(() => null);
    if ((document !== of && !stays) || holder.hidden || !of) return null;
    if (!made) {
      place.replaceChildren(
        element("p", { role: "alert" }, `The ${name} can't be shown: the platform does not answer.`),
      );
      return null;
    }
    const content = made(of);
    place.replaceChildren(content.content);
    return content;
  }

  function header(): HTMLElement {
    return element(
      "header",
      {},
      element("h2", {}, label),
      element("button", { type: "button", class: "quiet", "aria-label": `Close ${name}`, click: close }, "×"),
    );
  }

  async function end(): Promise<void> {
    const ended = drawn;
    drawn = Promise.resolve(null);
    (await ended)?.end();
  }

  function hide(): void {
    if (holder.hidden) return;
    holder.hidden = true;
    button.setAttribute("aria-expanded", "false");
    void end();
  }

  function close(): void {
    hide();
    button.focus();
  }

  holder.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") close();
  });
  return {
    button,
    holder,
    show(next) {
      document = next;
      if (stays) return;
      void end();
      if (!holder.hidden) drawn = draw();
    },
    reveal,
    enter,
    hide,
  };
}

const REVEALED = "side-revealed";

/** The place for sides: the one that is revealed last is the one that is seen. */
export function placeForSides(sides: readonly Side[]): HTMLElement {
  const holder = element("div", { class: "sides" }, ...sides.map((each) => each.holder));
  holder.addEventListener(REVEALED, ({ target }) => {
    for (const each of sides) if (each.holder !== target) each.hide();
  });
  return holder;
}
