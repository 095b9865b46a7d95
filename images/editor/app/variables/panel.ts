/** The variables of a session, beside the document: looked at anew whenever a run of the document has ended. */
import type { RuntimeView } from "../../../../shared/daemon/contract.ts";
import type { Variable } from "../../../../shared/mrp/introspection.ts";
import { element } from "../element.ts";
import type { OpenDocument } from "../open-document.ts";
import type { SideContent } from "../side.ts";
import { addStyle } from "../style.ts";
import { sessionsOf, variablesIn } from "./ask.ts";
import { Rows } from "./rows.ts";
import { lastSession, onRunEnd } from "./runs.ts";
import { nameOf, sessionMeant } from "./session.ts";
import css from "./variables.css" with { type: "text" };

addStyle(css);

/** @param runtime as it was looked at last */
export function variablePanel(open: OpenDocument, runtime: () => RuntimeView | null): SideContent {
  const { projectId } = open;
  const rows = new Rows(projectId, (message) => {
    problem.textContent = message;
  });
  const filter = element("input", {
    type: "search",
    placeholder: "Filter",
    "aria-label": "Filter variables",
    input: draw,
  });
  const sessions = element("select", { "aria-label": "Session", change: () => choose(sessions.value) });
  const status = element("p", { class: "hint", role: "status" });
  const problem = element("p", { class: "problem", role: "alert" });
  const refresh = element(
    "button",
    { type: "button", class: "quiet", title: "Ask the runtime again", click: () => void look() },
    "Refresh",
  );
  const tools = element("div", { class: "variable-tools" }, sessions, filter, refresh);
  const content = element("div", {}, tools, status, problem, rows.list);
  let variables: readonly Variable[] = [];
  let chosen: string | null = null;
  /** What the runtime said of what it showed; empty if there is nothing to say. */
  let note = "";
  /** Counts questions: the answer to the last one is shown. */
  let asked = 0;

  function choose(session: string): void {
    chosen = session;
    void look();
  }

  async function look(): Promise<void> {
    const question = ++asked;
    try {
      const ids = await sessionsOf(projectId);
      const session = chosen !== null && ids.includes(chosen) ? chosen : sessionMeant(lastSession(open), ids);
      const answer = session === null ? null : await variablesIn(projectId, session);
      if (question !== asked) return;
      problem.textContent = "";
      showSessions(ids, session);
      variables = answer?.variables ?? [];
      note = answer === null ? whyNone(runtime()) : noteOn(answer);
      rows.session = session;
      draw();
    } catch (error) {
      if (question === asked)
        problem.textContent = error instanceof Error ? error.message : "The variables can't be shown.";
    }
  }

  function showSessions(ids: readonly string[], session: string | null): void {
    sessions.replaceChildren(
      ...ids.map((id) => element("option", { value: id, selected: id === session }, nameOf(id))),
    );
    sessions.hidden = ids.length < 2;
    filter.hidden = session === null;
  }

  function draw(): void {
    const wanted = filter.value.trim().toLowerCase();
    const shown = variables.filter(({ name, type }) => `${name}\n${type}`.toLowerCase().includes(wanted));
    status.textContent =
      shown.length === 0 && variables.length > 0 ? `No variable is called "${filter.value.trim()}".` : note;
    rows.show(shown);
  }

  const stop = onRunEnd(open.runs, () => void look());
  void look();

  return {
    content,
    end() {
      stop();
      asked++;
    },
  };
}

function whyNone(runtime: RuntimeView | null): string {
  switch (runtime?.state) {
    case "asleep":
      return "The runtime is asleep. Run a cell to wake it: its variables are all kept.";
    case "running":
      return "No session has started yet. Run a cell first.";
    case undefined:
    case "stopped":
    case "failed":
      return "No runtime is running. Run a cell to start it.";
    default:
      return `The runtime is ${runtime?.state}. Its variables can't be seen now.`;
  }
}

function noteOn({
  variables,
  count,
  truncated,
  source,
}: {
  readonly variables: readonly Variable[];
  readonly count: number;
  readonly truncated: boolean;
  readonly source: "runtime" | "snapshot";
}): string {
  const notes = [
    source === "snapshot" ? "A cell is running: this is what was there before it." : "",
    truncated ? `These are the first ${variables.length} of ${count}.` : "",
    count === 0 ? "This session has no variables." : "",
  ];
  return notes.filter(Boolean).join(" ");
}
