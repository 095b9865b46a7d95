/** Comments beside the document that is open, how many of them are open, and what the text shows of them. */
import { StateEffect } from "@codemirror/state";
import type { Passage } from "../../../../shared/editor/anchor.ts";
import { may, type Role } from "../../../../shared/roles.ts";
import type { User } from "../api.ts";
import type { OpenDocument } from "../open-document.ts";
import { type Side, side } from "../side.ts";

export function commentSide(user: User, role: Role): Side {
  const beside = side({
    label: "Comments",
    load: async () => {
      const { commentPanel } = await import("./panel.ts");
      return (discussed) => commentPanel({ discussed, user, role });
    },
  });
  let discussed: OpenDocument | null = null;

  function show(next: OpenDocument): void {
    discussed = next;
    next.threads.observe(count);
    count();
    beside.show(next);
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
    beside.button.textContent = open === 0 ? "Comments" : `Comments (${open})`;
  }

  async function begin(passage: Passage): Promise<void> {
    (await beside.reveal())?.begin(passage);
  }

  return { ...beside, show };
}
