/** A run of a cell, as it stands in the `runs` map of its document: everybody who has the document open sees it. */
import * as z from "zod";
import { EVENT_DATA, ExecutionId, LANGUAGES, SessionId } from "../mrp/mrp.ts";
import { Anchor } from "./anchor.ts";

export const Run = z.object({
  execId: ExecutionId,
  /** What asked for it, together with its other cells. */
  request: z.string(),
  /** The request's other cells of this session run even if this one fails. */
  keepGoing: z.boolean(),
  /** Runs of a session go in this order. Milliseconds since the epoch, with fractions. */
  order: z.number(),
  /** The cell, from its first mark to behind its last. */
  anchor: Anchor,
  session: SessionId,
  language: z.enum(LANGUAGES),
  status: z.enum(["queued", "running", "completed", "failed", "cancelled"]),
  /** What is to run, until the runtime has it: so a run that was asked for is not lost with the editor server. */
  code: z.string().nullable(),
  /** Of the code (stale.ts). */
  digest: z.string(),
  /** How many executions its session's process has seen with this one; null before it began. */
  executionCount: z.int().nullable(),
  /** When the runtime began with it; null before, and in what older servers wrote. Milliseconds since the epoch, of the server's clock. */
  startedAt: z.number().nullable().default(null),
  /** How long it took, once it has ended in the runtime. */
  durationMs: z.number().nullable().default(null),
  /** What the cell waits for, typed by a person. */
  input: EVENT_DATA.stdin_request.nullable(),
  /** Why it failed without the cell's doing. */
  problem: z.string().nullable(),
});
export type Run = z.infer<typeof Run>;

export const isOpen = (run: Run) => run.status === "queued" || run.status === "running";
