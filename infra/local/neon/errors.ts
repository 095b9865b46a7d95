/** Postgres errors as Neon's HTTP endpoint tells them. */
import * as z from "zod";

const FIELDS = [
  "severity",
  "code",
  "detail",
  "hint",
  "position",
  "internalPosition",
  "internalQuery",
  "where",
  "schema",
  "table",
  "column",
  "dataType",
  "constraint",
  "file",
  "line",
  "routine",
] as const;

const PostgresError = z.looseObject({ message: z.string() });

/** The body of a 400: the message and every field of the protocol's ErrorResponse, null where Postgres gave none. */
export function errorBody(error: unknown): Record<string, unknown> {
  const parsed = PostgresError.safeParse(error);
  const source: Record<string, unknown> = parsed.success ? parsed.data : { message: "the query failed" };
  const body: Record<string, unknown> = { message: source.message };
  for (const field of FIELDS) body[field] = source[field] ?? null;
  return body;
}
