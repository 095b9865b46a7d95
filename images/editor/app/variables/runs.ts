/** What the runs of the open document say of sessions. */
import type * as Y from "yjs";
import { isOpen, Run } from "../../../../shared/editor/run-state.ts";
import { readRuns } from "../cells/runs.ts";
import type { OpenDocument } from "../open-document.ts";

/** Calls `act` whenever a run has ended, until the function that it returns is called. */
export function onRunEnd(runs: Y.Map<unknown>, act: () => void): () => void {
  const hear = ({ keysChanged }: Y.YMapEvent<unknown>) => {
    const changed = [...keysChanged].map((id) => Run.safeParse(runs.get(id)));
    if (changed.some(({ success, data }) => success && !isOpen(data))) act();
  };
  runs.observe(hear);
  return () => runs.unobserve(hear);
}

/** The session that the cell with the cursor ran in last, else the one that the document's last run was in. Null if nothing ran. */
export function lastSession({ runs, text, editor }: OpenDocument): string | null {
  const { head } = editor.state.selection.main;
  const all = readRuns(runs, text).sort((a, b) => a.run.order - b.run.order);
  const ofCell = all.findLast(({ from, to }) => from <= head && head <= to);
  return (ofCell ?? all.at(-1))?.run.session ?? null;
}
