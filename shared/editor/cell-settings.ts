/** GET /cells: how a project's cells run, for browsers that show their states and ask the runtime about their code. */
import * as z from "zod";
import { LANGUAGES, SessionName } from "../mrp/mrp.ts";

export const CellSettings = z.object({
  /** The last segment of the folder for generated files, by which outputs are known (document/cells.ts). */
  generated: z.string(),
  /** By language, the session of a cell that names none. */
  sessions: z.record(z.enum(LANGUAGES), SessionName),
});
export type CellSettings = z.infer<typeof CellSettings>;
