/** Asks the project's runtime about live objects (formats.md §4). None of it starts a runtime or wakes one. */
import * as z from "zod";
import { ANSWERS, type Answer, type Sort } from "../../../../shared/mrp/introspection.ts";
import { json, send } from "../api.ts";

const Sessions = z.object({ sessions: z.array(z.object({ id: z.string() })) });

/** Where a value is: its variable, and the steps that lead inwards from it. */
export interface Place {
  readonly session: string;
  readonly name: string;
  readonly path: readonly string[];
}

const door = (projectId: string) => `/api/projects/${projectId}/mrp/v1`;

/** Ids of the sessions that have started; none while no runtime runs. */
export async function sessionsOf(projectId: string): Promise<string[]> {
  return (await json(Sessions, `${door(projectId)}/sessions`)).sessions.map(({ id }) => id);
}

export async function variablesIn(projectId: string, session: string): Promise<Answer<"variables">> {
  const answer = await send("POST", `${door(projectId)}/variables`, { session });
  return ANSWERS.variables.parse(await answer.json());
}

/** A page of what the value consists of. Throws ApiError if it is not there any more. */
export async function variableAt(
  projectId: string,
  { session, name, path }: Place,
  page: { readonly offset: number; readonly limit: number; readonly column?: number; readonly sort?: Sort | null },
): Promise<Answer<"variable">> {
  const address = `${door(projectId)}/variables/${encodeURIComponent(name)}`;
  const answer = await send("POST", address, { session, path, ...page });
  return ANSWERS.variable.parse(await answer.json());
}
