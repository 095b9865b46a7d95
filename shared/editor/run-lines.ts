/** What the editor server says while it runs cells for somebody: one JSON object a line (POST /run); an empty line says nothing. */
import { z } from "zod";

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

/** `cell` null runs all cells of the document, in order. */
export const RunRequest = z.object({ path: z.string(), cell: cell.nullable().default(null) });
export type RunRequest = z.infer<typeof RunRequest>;
