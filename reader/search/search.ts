/** What answers the search box: `search.js`, loaded when somebody turns to the box. */
import { Results } from "./results.ts";
import { MOST, SearchIndex } from "./search-index.ts";

/**
 * @param box the element around the field
 * @param url of the list of the index's parts
 */
export async function startSearch(box: HTMLElement, input: HTMLInputElement, url: string): Promise<void> {
  const index = new SearchIndex();
  const results = new Results(box, input);
  let list: IndexList = { root: "", titles: [], texts: [] };
  /** What there is to say while nothing is found, and beside what is. */
  let says = { nothing: "Searching …", beside: "" };
  let hasTitles = false;
  let textsAsked = false;

  const show = () => {
    const found = index.find(input.value);
    results.show(list.root, found, found.length === 0 ? says.nothing : says.beside);
    results.open(input.value.trim() !== "" && box.ownerDocument.activeElement === input);
    // Texts are five times what titles are, and come behind them: they are fetched for questions that titles don't answer.
    if (hasTitles && !textsAsked && input.value.trim().length > 1 && found.length < MOST) fetchTexts();
  };
  const fetchParts = (urls: readonly string[], add: (part: unknown) => void) =>
    Promise.all(
      urls.map(async (part) => {
        add(await fetchJson(part));
        show();
      }),
    );
  const fetchTexts = () => {
    textsAsked = true;
    fetchParts(list.texts, (part) => index.addTexts(part)).then(() => say("Nothing found", ""), fail);
  };
  const say = (nothing: string, beside: string) => {
    says = { nothing, beside };
    show();
  };
  const fail = () => {
    const problem = "Some of the site can’t be searched right now";
    say(problem, problem);
  };

  input.addEventListener("input", show);
  input.addEventListener("focus", show);
  show();
  try {
    list = await fetchList(url);
    await fetchParts(list.titles, (part) => index.addTitles(part));
    hasTitles = true;
    show();
  } catch {
    fail();
  }
}

interface IndexList {
  /** Path of the site's root. */
  readonly root: string;
  readonly titles: readonly string[];
  readonly texts: readonly string[];
}

async function fetchList(url: string): Promise<IndexList> {
  const list = await fetchJson(url);
  if (typeof list !== "object" || list === null) throw new TypeError();
  if (!("root" in list) || !("titles" in list) || !("texts" in list)) throw new TypeError();
  const { root, titles, texts } = list;
  if (typeof root !== "string" || !Array.isArray(titles) || !Array.isArray(texts)) throw new TypeError();
  return { root, titles: titles.map(String), texts: texts.map(String) };
}

/** Without a network what the browser has kept is good enough. */
async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url).catch(() => fetch(url, { cache: "force-cache" }));
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.json();
}
