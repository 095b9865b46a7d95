/** What is searched for, how, and what it is to become. */
import type { SearchQuery } from "../../../../shared/editor/search.ts";
import { element } from "../element.ts";

/** From the last key. */
const ASK_AFTER_MS = 300;

export interface SearchForm {
  readonly content: HTMLElement;
  /** Null as long as there are no words. */
  query(): SearchQuery | null;
  begin(words: string): void;
  /** Whether something is to be replaced. */
  readonly isReplacing: boolean;
}

/** @param changed told a moment after something else is asked for */
export function searchForm(mayWrite: boolean, changed: () => void): SearchForm {
  let due = 0;
  function askSoon(): void {
    clearTimeout(due);
    due = window.setTimeout(changed, ASK_AFTER_MS);
  }
  function askNow(): void {
    clearTimeout(due);
    changed();
  }

  const words = field("Search in the project", askSoon);
  const replacement = field("Replace with", askSoon);
  const [matchesCase, wholeWords, isExpression] = [
    toggle("Aa", "Match case", askNow),
    toggle("Word", "Whole words", askNow),
    toggle(".*", "Regular expression", askNow),
  ];
  const row = element("div", { class: "row", hidden: true }, replacement);
  const replacing = element(
    "button",
    { type: "button", class: "quiet", "aria-expanded": "false", click: toggleReplacing },
    "Replace",
  );

  function toggleReplacing(): void {
    row.hidden = !row.hidden;
    replacing.setAttribute("aria-expanded", String(!row.hidden));
    if (!row.hidden) replacement.focus();
    askNow();
  }

  const content = element(
    "form",
    { role: "search", "aria-label": "Search in the project" },
    words,
    element("div", { class: "row" }, matchesCase, wholeWords, isExpression, ...(mayWrite ? [replacing] : [])),
    row,
  );
  content.addEventListener("submit", (event) => {
    event.preventDefault();
    askNow();
  });
  // Enter submits a form of several fields only where it has a button for that.
  content.append(element("button", { type: "submit", hidden: true }));

  return {
    content,
    get isReplacing() {
      return !row.hidden;
    },
    query() {
      if (words.value === "") return null;
      return {
        words: words.value,
        isExpression: isPressed(isExpression),
        matchesCase: isPressed(matchesCase),
        wholeWords: isPressed(wholeWords),
        replacement: row.hidden ? null : replacement.value,
      };
    },
    begin(text) {
      words.value = text;
      askNow();
    },
  };
}

function field(label: string, input: () => void): HTMLInputElement {
  return element("input", {
    type: "text",
    "aria-label": label,
    placeholder: label,
    autocomplete: "off",
    spellcheck: "false",
    maxlength: "1000",
    input,
  });
}

function toggle(mark: string, label: string, changed: () => void): HTMLButtonElement {
  const button = element(
    "button",
    {
      type: "button",
      class: "quiet",
      "aria-pressed": "false",
      "aria-label": label,
      title: label,
      click() {
        button.setAttribute("aria-pressed", String(!isPressed(button)));
        changed();
      },
    },
    mark,
  );
  return button;
}

const isPressed = (button: HTMLButtonElement) => button.getAttribute("aria-pressed") === "true";
