/** The runs of a document, in the `runs` map of its Y.Doc: they are journaled with the text that they change. */
import { Run } from "../../../../shared/editor/run-state.ts";
import type { LiveDocument } from "../document/document.ts";

/** In order. An entry that makes no sense is nobody's run: people's browsers can write to the map, too. */
export function readRuns(document: LiveDocument): Run[] {
  const runs: Run[] = [];
  for (const [key, value] of document.runs.entries()) {
    const run = Run.safeParse(value);
    if (run.success && run.data.execId === key) runs.push(run.data);
  }
  return runs.sort((a, b) => a.order - b.order);
}

/** True if a cell of the same request and session did not complete, and the request does not go on after that. */
export function isForsaken(document: LiveDocument, run: Run): boolean {
  if (run.keepGoing) return false;
  return readRuns(document).some(
    ({ request, session, order, status }) =>
      request === run.request &&
      session === run.session &&
      order < run.order &&
      (status === "failed" || status === "cancelled"),
  );
}

export function writeRun(document: LiveDocument, run: Run): void {
  document.runs.set(run.execId, run);
}
