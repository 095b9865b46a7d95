/** What was found, by document: a way to each place, and which documents it is to be replaced in. */
import type { Match, SearchLine } from "../../../../shared/editor/search.ts";
import { element } from "../element.ts";

type Found = Extract<SearchLine, { type: "document" }>;

export interface Results {
  readonly content: HTMLElement;
  clear(): void;
  /** @param isReplacing whether one chooses documents */
  add(found: Found, isReplacing: boolean): void;
  readonly documents: number;
  readonly places: number;
  /** Those that are ticked. */
  chosen(): { path: string; expected: number }[];
}

/** @param changed told when other documents are ticked */
export function searchResults(go: (path: string, match: Match) => void, changed: () => void): Results {
  const content = element("div", { class: "found", keydown: step });
  let all: { found: Found; box: HTMLInputElement | null }[] = [];

  function step(event: Event): void {
    const { key } = event as KeyboardEvent;
    const by = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (by === undefined) return;
    const places = [...content.querySelectorAll<HTMLElement>(".place")];
    const next = places[places.indexOf(document.activeElement as HTMLElement) + by];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  function place(path: string, match: Match): HTMLElement {
    const { line, before, text, after, insert } = match;
    const words =
      insert === null ? [element("mark", {}, text)] : [element("del", {}, text), element("ins", {}, insert)];
    return element(
      "li",
      {},
      element(
        "button",
        { type: "button", class: "place", click: () => go(path, match) },
        element("span", { class: "line" }, String(line)),
        element("span", {}, before, ...words, after),
      ),
    );
  }

  return {
    content,
    clear() {
      all = [];
      content.replaceChildren();
    },
    add(found, isReplacing) {
      const { path, count, matches } = found;
      const box = isReplacing ? element("input", { type: "checkbox", change: changed }) : null;
      if (box) box.checked = true;
      all.push({ found, box });
      const name = element("span", { class: "path" }, path);
      const more = count - matches.length;
      content.append(
        element(
          "section",
          {},
          element(
            "h3",
            {},
            box ? element("label", {}, box, name) : name,
            element("span", { class: "hint" }, String(count)),
          ),
          element("ol", {}, ...matches.map((match) => place(path, match))),
          ...(more > 0 ? [element("p", { class: "hint" }, `And ${more} more.`)] : []),
        ),
      );
    },
    get documents() {
      return all.length;
    },
    get places() {
      return all.reduce((sum, { found }) => sum + found.count, 0);
    },
    chosen: () => all.flatMap(({ found, box }) => (box?.checked ? [{ path: found.path, expected: found.count }] : [])),
  };
}
