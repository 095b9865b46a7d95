/** What answers the search box: `search.js`, loaded when somebody turns to the box. */
import { Results } from "./results.ts";
import { SearchIndex } from "./search-index.ts";

/**
 * @param box the element around the field
 * @param url of the list of the index's parts
 */
export async function startSearch(box: HTMLElement, input: HTMLInputElement, url: string): Promise<void> {
  const index = new SearchIndex();
  const results = new Results(box, input);
  let root = "";
  /** What there is to say while nothing is found, and beside what is. */
  let says = { nothing: "Searching …", beside: "" };

  const show = () => {
    const found = index.find(input.value);
    results.show(root, found, found.length === 0 ? says.nothing : says.beside);
    results.open(input.value.trim() !== "" && box.ownerDocument.activeElement === input);
  };
  input.addEventListener("input", show);
  input.addEventListener("focus", show);
  show();

  const fetchPart = async (part: string) => {
    index.add(await fetchJson(part));
    show();
  };
  try {
    const list = await fetchList(url);
    root = list.root;
    await Promise.all(list.parts.map(fetchPart));
    says = { nothing: "Nothing found", beside: "" };
  } catch {
    const problem = "Some of the site can’t be searched right now";
    says = { nothing: problem, beside: problem };
  }
  show();
}

async function fetchList(url: string): Promise<{ root: string; parts: string[] }> {
  const list = await fetchJson(url);
  if (typeof list !== "object" || list === null || !("root" in list) || !("parts" in list)) throw new TypeError();
  if (typeof list.root !== "string" || !Array.isArray(list.parts)) throw new TypeError();
  return { root: list.root, parts: list.parts.map(String) };
}

/** Without a network what the browser has kept is good enough. */
async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url).catch(() => fetch(url, { cache: "force-cache" }));
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.json();
}
