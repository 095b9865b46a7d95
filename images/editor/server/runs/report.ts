/** What whoever asked for a run hears of it, line by line (shared/editor/run-lines.ts). The run doesn't need a listener. */
import type { RunLine } from "../../../../shared/editor/run-lines.ts";
import { isOpen, type Run } from "../../../../shared/editor/run-state.ts";
import { plainText } from "../../../../shared/mrp/mime.ts";
import type { ExecutionEvent } from "../../../../shared/mrp/mrp.ts";
import type { Asked } from "./runner.ts";
import { tracebackOf } from "./transcript.ts";

/** Writes lines as things happen; resolves when all runs have ended, with the summary still to be written. */
export async function report(
  path: string,
  asked: readonly Asked[],
  write: (line: RunLine) => void,
): Promise<Extract<RunLine, { type: "summary" }>> {
  await Promise.all(asked.map((one) => reportOne(one, write)));
  const count = (status: Run["status"]) => asked.filter(({ running }) => running.run.status === status).length;
  const [completed, cancelled] = [count("completed"), count("cancelled")];
  return {
    type: "summary",
    path,
    cells: asked.length,
    completed,
    cancelled,
    failed: asked.length - completed - cancelled,
  };
}

function reportOne({ cell, running }: Asked, write: (line: RunLine) => void): Promise<void> {
  const { number, line } = cell;
  return new Promise((resolve) => {
    const tell = (status: Run["status"]) => {
      if (status === "queued") return;
      const { problem } = running.run;
      if (problem !== null) write({ type: "error", cell: number, message: problem, traceback: problem });
      write({ type: "cell", cell: number, line, status });
      if (!isOpen(running.run)) resolve();
    };
    running.events.on("status", tell);
    // Let go of with its document: it goes on elsewhere, but this listener hears no more of it.
    running.events.on("left", resolve);
    running.events.on("event", (event) => {
      const said = lineOf(number, event);
      if (said) write(said);
    });
    tell(running.run.status);
  });
}

function lineOf(cell: number, { event, data }: ExecutionEvent): RunLine | null {
  switch (event) {
    case "stdout":
    case "stderr":
      return { type: "output", cell, stream: event, text: data.content };
    case "result":
    case "display":
      return { type: "output", cell, stream: "stdout", text: `${plainText(data.data)}\n` };
    case "asset":
      return { type: "asset", cell, path: data.path };
    case "error":
      return { type: "error", cell, message: `${data.type}: ${data.message}`, traceback: tracebackOf(data) };
    case "start":
    case "stdin_request":
    case "clear":
    case "done":
      return null;
  }
}
