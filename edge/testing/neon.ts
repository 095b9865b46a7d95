/** Neon's `POST /sql` in front of a test's PostgreSQL, as far as the edge uses it: one query a request. */
import type pg from "pg";
import { z } from "zod";
import { type Loopback, listen } from "./loopback.ts";

const Query = z.object({ query: z.string(), params: z.array(z.unknown()) });

/** Values stay text: the driver parses them itself. */
const asText = { getTypeParser: () => (value: string | Buffer) => value };

export function startNeon(pool: pg.Pool): Promise<Loopback> {
  return listen(async ({ body }) => {
    const { query, params } = Query.parse(JSON.parse(new TextDecoder().decode(body)));
    try {
      const { command, rowCount, rows, fields } = await pool.query({
        text: query,
        values: params,
        rowMode: "array",
        types: asText,
      });
      return Response.json({ command, rowCount, rows, fields, rowAsArray: true });
    } catch (error) {
      const { message, code } = z.object({ message: z.string(), code: z.string().optional() }).parse(error);
      return Response.json({ message, code }, { status: 400 });
    }
  });
}
