/** Neon's `POST /sql` in front of a test's PostgreSQL, as far as the edge uses it: a query, or several in one transaction. */
import type pg from "pg";
import * as z from "zod";
import { type Loopback, listen } from "./loopback.ts";

const Query = z.object({ query: z.string(), params: z.array(z.unknown()) });
const Body = z.union([z.object({ queries: z.array(Query) }), Query]);

/** Values stay text: the driver parses them itself. */
const asText = { getTypeParser: () => (value: string | Buffer) => value };

export function startNeon(pool: pg.Pool): Promise<Loopback> {
  return listen(async ({ body }) => {
    const wanted = Body.parse(JSON.parse(new TextDecoder().decode(body)));
    try {
      return Response.json("queries" in wanted ? await transaction(pool, wanted.queries) : await run(pool, wanted));
    } catch (error) {
      const { message, code } = z.object({ message: z.string(), code: z.string().optional() }).parse(error);
      return Response.json({ message, code }, { status: 400 });
    }
  });
}

async function transaction(pool: pg.Pool, queries: z.infer<typeof Query>[]): Promise<object> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    const results = [];
    for (const query of queries) results.push(await run(client, query));
    await client.query("commit");
    return { results };
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    client.release();
  }
}

async function run(database: pg.Pool | pg.PoolClient, { query, params }: z.infer<typeof Query>): Promise<object> {
  const { command, rowCount, rows, fields } = await database.query({
    text: query,
    values: params,
    rowMode: "array",
    types: asText,
  });
  return { command, rowCount, rows, fields, rowAsArray: true };
}
