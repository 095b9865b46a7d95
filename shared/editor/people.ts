/** GET /people of the editor server: who has which of the project's documents open. */
import * as z from "zod";

export const PeopleList = z.object({
  /** Each once for each document. */
  people: z.array(z.object({ path: z.string(), handle: z.string(), name: z.string(), color: z.string() })),
});
export type PeopleList = z.infer<typeof PeopleList>;
