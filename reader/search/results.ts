/** The list below the search box. Follows the ARIA pattern of a combobox: the focus stays in the field, arrows choose. */
import type { Found } from "./search-index.ts";

export class Results {
  readonly #input: HTMLInputElement;
  readonly #document: Document;
  readonly #panel: HTMLElement;
  readonly #list: HTMLElement;
  readonly #note: HTMLElement;
  #chosen = -1;

  /** @param box the element around the field; results are shown in it */
  constructor(box: HTMLElement, input: HTMLInputElement) {
    this.#input = input;
    this.#document = box.ownerDocument;
    this.#list = this.#document.createElement("div");
    this.#list.className = "found";
    this.#list.id = "page:found";
    this.#list.setAttribute("role", "listbox");
    this.#list.setAttribute("aria-label", "Pages found");
    this.#note = this.#document.createElement("p");
    this.#note.setAttribute("role", "status");
    this.#panel = this.#document.createElement("div");
    this.#panel.className = "found-panel";
    this.#panel.append(this.#list, this.#note);
    box.append(this.#panel);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", this.#list.id);
    this.open(false);

    input.addEventListener("keydown", (event) => {
      if (this.#takes(event.key)) event.preventDefault();
    });
    // Not when the field loses the focus: a click on a result comes after that.
    this.#document.addEventListener("click", ({ target }) => {
      if (!(target instanceof Node) || !box.contains(target)) this.open(false);
    });
    box.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget instanceof Node && !box.contains(relatedTarget)) this.open(false);
    });
    // A result on this very page only moves it.
    this.#list.addEventListener("click", () => this.open(false));
  }

  open(isOpen: boolean): void {
    this.#panel.hidden = !isOpen;
    this.#input.setAttribute("aria-expanded", String(isOpen));
  }

  /** @param root path of the site's root */
  show(root: string, found: readonly Found[], note: string): void {
    this.#list.replaceChildren(...found.map((page, i) => this.#option(root, page, i)));
    this.#note.textContent = note;
    this.#note.hidden = note === "";
    this.#choose(0);
  }

  /** True if the key was for the list. */
  #takes(key: string): boolean {
    if (this.#panel.hidden) return false;
    if (key === "ArrowDown" || key === "ArrowUp") this.#choose(this.#chosen + (key === "ArrowDown" ? 1 : -1));
    else if (key === "Enter") this.#list.querySelector<HTMLElement>("[aria-selected=true]")?.click();
    else if (key === "Escape") this.open(false);
    else return false;
    return true;
  }

  #choose(at: number): void {
    const options = [...this.#list.children];
    this.#chosen = options.length === 0 ? -1 : (at + options.length) % options.length;
    for (const [i, option] of options.entries()) option.setAttribute("aria-selected", String(i === this.#chosen));
    const option = options[this.#chosen];
    this.#input.setAttribute("aria-activedescendant", option?.id ?? "");
    option?.scrollIntoView({ block: "nearest" });
  }

  #option(root: string, { url, title, heading }: Found, i: number): HTMLElement {
    const option = this.#document.createElement("a");
    option.id = `page:found:${i}`;
    // Under a host name of its own a site's root is empty.
    option.href = url === "" || url.startsWith("#") ? (root || "/") + url : `${root}/${url}`;
    option.setAttribute("role", "option");
    option.tabIndex = -1;
    option.textContent = title;
    if (heading !== null) {
      const place = this.#document.createElement("span");
      place.textContent = heading;
      option.append(place);
    }
    return option;
  }
}
