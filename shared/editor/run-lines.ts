/** What the editor server says while it runs cells for somebody: one JSON object a line (POST /run); an empty line says nothing. */
import * as z from "zod";
import { SessionName } from "../mrp/mrp.ts";

/** Cells are counted from 1, lines of the document too. */
const cell = z.int().min(1);

export const RunLine = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("cell"),
    cell,
    line: z.int().min(1),
    status: z.enum(["running", "completed", "failed", "cancelled"]),
  }),
  z.object({ type: z.literal("output"), cell, stream: z.enum(["stdout", "stderr"]), text: z.string() }),
  z.object({ type: z.literal("asset"), cell, path: z.string() }),
  z.object({ type: z.literal("error"), cell, message: z.string(), traceback: z.string() }),
  z.object({
    type: z.literal("summary"),
    path: z.string(),
    cells: z.int(),
    completed: z.int(),
    failed: z.int(),
    cancelled: z.int(),
  }),
]);
export type RunLine = z.infer<typeof RunLine>;

/** Which cells: the one named, those above it, it and those below it, all, or those that are stale (stale.ts). */
export const Which = z.enum(["this", "above", "below", "all", "stale"]);
export type Which = z.infer<typeof Which>;

/** POST /run. Cells run in the order of the document; those that no kernel can run are left out. */
export const RunRequest = z
  .object({
    path: z.string(),
    cell: cell.nullable().default(null),
    /** Default: `this` with a cell, `all` without. */
    which: Which.optional(),
    /** Name of a session to run them in, instead of the cells' own. */
    session: SessionName.nullable().default(null),
    /** Without it, a cell that does not complete takes those behind it in its session from the queue. */
    keepGoing: z.boolean().default(false),
  })
  .transform(({ which, ...rest }) => ({ ...rest, which: which ?? (rest.cell === null ? "all" : "this") }))
  .refine(({ cell, which }) => (cell !== null) === ["this", "above", "below"].includes(which), {
    error: "`this`, `above` and `below` need a cell; `all` and `stale` have none",
    path: ["which"],
  });
export type RunRequest = z.infer<typeof RunRequest>;

/** POST /interrupt and /cancel: the cell's run, or all of the document. Only an interrupt ends what runs already. */
export const EndRequest = z.object({ path: z.string(), cell: cell.nullable().default(null) });
/** POST /restart: of the sessions that the document's cells name, or of the one that `cell` runs in. */
export const RestartRequest = EndRequest;
