/** Search in all texts of the project, and replacing what was found. Loaded when it is first shown; it stays as it is until then on. */
import type { Match, ReplacedDocument, SearchLine } from "../../../../shared/editor/search.ts";
import { SEARCH_LIMITS } from "../../../../shared/editor/search-limits.ts";
import { may } from "../../../../shared/roles.ts";
import { ApiError } from "../api.ts";
import { element } from "../element.ts";
import { oneAtATime } from "../one-at-a-time.ts";
import type { SideContent } from "../side.ts";
import type { Desk } from "../tools.ts";
import { replace, search, undoReplace } from "./ask.ts";
import { searchForm } from "./form.ts";
import { goTo } from "./go.ts";
import { searchResults } from "./results.ts";

export interface SearchPanel extends SideContent {
  /** Searches for that. */
  begin(words: string): void;
}

export function searchPanel(desk: Desk): SearchPanel {
  const { projectId, role } = desk.project;
  const { status, problem, attempt } = oneAtATime();
  const form = searchForm(may(role, "write"), () => void run());
  const results = searchResults(go, offer);
  const left = element("ul", { class: "left" });
  const doReplace = element("button", { type: "button", class: "primary", hidden: true, click: replaceChosen });
  const undo = element("button", { type: "button", hidden: true, click: takeBack }, "Undo replace");
  let running = new AbortController();
  let replaced: readonly ReplacedDocument[] = [];

  async function run(): Promise<void> {
    running.abort();
    running = new AbortController();
    const { signal } = running;
    const query = form.query();
    say(query ? "Searching …" : "");
    results.clear();
    offer();
    if (!query) return;
    try {
      for await (const line of search(projectId, query, signal)) {
        if (signal.aborted) return;
        if (line.type === "document") results.add(line, form.isReplacing);
        say(line.type === "end" ? ended(line) : `${found()} so far …`);
      }
    } catch (error) {
      if (signal.aborted) return;
      say("");
      problem.textContent = error instanceof ApiError ? sentence(error.message) : "The search did not work.";
    }
    offer();
  }

  function say(message: string): void {
    status.textContent = message;
    problem.textContent = "";
    left.replaceChildren();
  }

  const found = () => `${counted(results.places, "place")} in ${counted(results.documents, "document")}`;

  function ended({ why, at }: Extract<SearchLine, { type: "end" }>): string {
    const here = results.places === 0 ? "Nothing was found" : found();
    switch (why) {
      case "done":
        return `${here}.`;
      case "many":
        return `${here}, and there are more: the first ${SEARCH_LIMITS.shown} are shown.`;
      case "slow":
        return `${here}, but not everything was searched: it took too long${at === null ? "" : ` in ${at}`}.`;
    }
  }

  /** What would be done to what is ticked. */
  function offer(): void {
    const chosen = results.chosen();
    doReplace.hidden = chosen.length === 0;
    doReplace.textContent = `Replace ${counted(sum(chosen), "place")}`;
  }

  function replaceChosen(): void {
    const query = form.query();
    const documents = results.chosen();
    if (!query || query.replacement === null) return;
    const { replacement } = query;
    if (documents.length > SEARCH_LIMITS.documents) {
      problem.textContent = `No more than ${SEARCH_LIMITS.documents} documents are changed at once: take some out.`;
      return;
    }
    let done = "";
    void attempt(
      "Replacing …",
      () => done,
      async () => {
        left.replaceChildren();
        // The platform changes what it has: what was just typed must be there first.
        await desk.view?.open.saved();
        const answer = await replace(projectId, { query: { ...query, replacement }, documents });
        replaced = answer.documents;
        const places = replaced.reduce((all, { places }) => all + places.length, 0);
        done = `${counted(places, "place")} replaced in ${counted(replaced.length, "document")}.`;
        undo.hidden = places === 0;
        results.clear();
        offer();
        left.replaceChildren(
          ...answer.left.map(({ path, why }) => element("li", {}, `${path} is left as it is: ${why}.`)),
        );
        (undo.hidden ? form.content.querySelector("input") : undo)?.focus();
      },
    );
  }

  function takeBack(): void {
    let done = "";
    void attempt(
      "Undoing …",
      () => done,
      async () => {
        left.replaceChildren();
        await desk.view?.open.saved();
        const answer = await undoReplace(projectId, replaced);
        const rest = answer.left === 0 ? "" : ` ${counted(answer.left, "place")} had changed since, and stayed.`;
        done = `${counted(answer.undone, "place")} undone.${rest}`;
        undo.hidden = true;
        form.content.querySelector("input")?.focus();
      },
    );
  }

  function go(path: string, match: Match): void {
    desk.open(path);
    if (desk.view) goTo(desk.view.open, match);
  }

  const content = element(
    "div",
    {},
    form.content,
    element("div", { class: "row" }, doReplace, undo),
    status,
    problem,
    left,
    results.content,
  );
  content.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" || !form.content.contains(document.activeElement)) return;
    const first = results.content.querySelector<HTMLElement>(".place");
    if (!first) return;
    event.preventDefault();
    first.focus();
  });
  return { content, begin: form.begin, end: () => running.abort() };
}

const sum = (chosen: readonly { expected: number }[]) => chosen.reduce((all, { expected }) => all + expected, 0);
const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;
const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
