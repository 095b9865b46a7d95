/** The search box in the header. What searches, and what is searched, is fetched when somebody turns to the box. */
import type { startSearch } from "../search/search.ts";

export function addSearchBox(document: Document): void {
  const header = document.querySelector<HTMLElement>(".site-header");
  const { searchIndex, searchScript } = header?.dataset ?? {};
  if (!header || !searchIndex || !searchScript) return;

  const box = document.createElement("search");
  const input = document.createElement("input");
  input.type = "search";
  input.placeholder = "Search";
  input.setAttribute("aria-label", "Search this site");
  input.setAttribute("aria-keyshortcuts", "/");
  input.autocomplete = "off";
  box.append(input);
  header.querySelector(".site-title")?.after(box);

  let isLoaded = false;
  input.addEventListener("focus", async () => {
    if (isLoaded) return;
    isLoaded = true;
    try {
      const script: { startSearch: typeof startSearch } = await import(searchScript);
      await script.startSearch(box, input, searchIndex);
    } catch {
      // Without a network; the next focus tries again.
      isLoaded = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(document.activeElement)) return;
    event.preventDefault();
    input.focus();
  });
}

function isTyping(element: Element | null): boolean {
  return element?.matches("input, textarea, select, [contenteditable]") ?? false;
}
