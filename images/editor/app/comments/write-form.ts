/** A field for a comment. What is typed stays in it until it has been taken. */
import { MAX_COMMENT_CHARS } from "../../../../shared/editor/comments.ts";
import { element } from "../element.ts";

export interface WriteFormInput {
  /** For screen readers, and shown as long as nothing is typed. */
  readonly label: string;
  readonly submit: string;
  readonly text?: string;
  readonly send: (text: string) => void;
  readonly cancel: () => void;
}

export interface WriteForm {
  readonly form: HTMLFormElement;
  focus(): void;
}

export function writeForm({ label, submit, text = "", send, cancel }: WriteFormInput): WriteForm {
  const field = element("textarea", {
    "aria-label": label,
    placeholder: `${label} …`,
    rows: "3",
    maxlength: String(MAX_COMMENT_CHARS),
    keydown(event) {
      if (!(event instanceof KeyboardEvent)) return;
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
      if (event.key !== "Escape") return;
      event.stopPropagation();
      cancel();
    },
  });
  field.value = text;
  const form = element(
    "form",
    { class: "comment-form" },
    field,
    element(
      "span",
      { class: "actions" },
      element("button", { type: "submit", title: "Ctrl-Enter" }, submit),
      element("button", { type: "button", click: cancel }, "Cancel"),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim() !== "") send(field.value);
  });
  return { form, focus: () => field.focus() };
}
