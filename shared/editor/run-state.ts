/** A run of a cell, as it stands in the `runs` map of its document: everybody who has the document open sees it. */
import { z } from "zod";
import { EVENT_DATA, ExecutionId, LANGUAGES, SessionId } from "../mrp/mrp.ts";

export const Run = z.object({
  execId: ExecutionId,
  /** Runs of a session go in this order. Milliseconds since the epoch, with the place in the request behind the point. */
  order: z.number(),
  /** The cell: two positions that move with the text, at its first mark and behind its last (Yjs RelativePosition, base64). */
  anchor: z.object({ from: z.string(), to: z.string() }),
  session: SessionId,
  language: z.enum(LANGUAGES),
  status: z.enum(["queued", "running", "completed", "failed", "cancelled"]),
  /** What is to run, until the runtime has it: so a run that was asked for is not lost with the editor server. */
  code: z.string().nullable(),
  /** What the cell waits for, typed by a person. */
  input: EVENT_DATA.stdin_request.nullable(),
  /** Why it failed without the cell's doing. */
  problem: z.string().nullable(),
});
export type Run = z.infer<typeof Run>;

export const isOpen = (run: Run) => run.status === "queued" || run.status === "running";
