/** A field in the place of an item, for its name with number and ending. */
import { element } from "../element.ts";

/** @param done told the new name once, null if it stays */
export function renameField(item: HTMLElement, done: (name: string | null) => void): void {
  const path = item.dataset.path ?? "";
  const name = path.slice(path.lastIndexOf("/") + 1);
  const field = element("input", {
    type: "text",
    class: "rename",
    "aria-label": `New name of ${name}`,
    spellcheck: "false",
  });
  const before = [...item.childNodes];
  let isOver = false;

  function end(wanted: string | null): void {
    if (isOver) return;
    isOver = true;
    item.replaceChildren(...before);
    done(wanted);
  }

  field.value = name;
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter")
      end(field.value.trim() === name || field.value.trim() === "" ? null : field.value.trim());
    else if (event.key === "Escape") end(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  field.addEventListener("blur", () => end(null));
  item.replaceChildren(field);
  field.focus();
  // What one mostly changes: between the number and the ending.
  const number = /^\d+[-_](?=.)/.exec(name)?.[0].length ?? 0;
  const dot = name.lastIndexOf(".");
  field.setSelectionRange(number, dot > number ? dot : name.length);
}
