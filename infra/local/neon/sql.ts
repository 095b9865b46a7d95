/** Neon's `POST /sql`: one query, or several in one transaction. Values stay text, as the driver parses types itself. */
import pg from "pg";
import * as z from "zod";
import { Fault, parse, parseJson } from "../../../shared/daemon/fault.ts";

const Query = z.object({ query: z.string(), params: z.array(z.unknown()).default([]) });
type Query = z.infer<typeof Query>;

const Body = z.union([z.object({ queries: z.array(Query) }), Query]);

const ISOLATION = {
  ReadUncommitted: "read uncommitted",
  ReadCommitted: "read committed",
  RepeatableRead: "repeatable read",
  Serializable: "serializable",
} as const;

const Headers = z.object({
  "neon-connection-string": z.url({ protocol: /^postgres(ql)?$/ }),
  "neon-batch-isolation-level": z
    .enum(["ReadUncommitted", "ReadCommitted", "RepeatableRead", "Serializable"])
    .optional(),
  "neon-batch-read-only": z.enum(["true", "false"]).optional(),
  "neon-batch-deferrable": z.enum(["true", "false"]).optional(),
});
type Headers = z.infer<typeof Headers>;

const asText = { getTypeParser: () => (value: string | Buffer) => value };

export class SqlEndpoint {
  readonly #host: string;
  readonly #port: number;
  /** By everything that a connection string says, the password too: a wrong one never finds a pool of the right one. */
  readonly #pools = new Map<string, pg.Pool>();

  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
  }

  /** Runs the body's queries. Throws Fault for a bad request, else what Postgres answered. */
  async run(headers: NodeJS.Dict<string | string[]>, text: string): Promise<object> {
    const options = parse(Headers, headers, "headers");
    const body = parseJson(Body, text, "query");
    const pool = this.#pool(options["neon-connection-string"]);
    return "queries" in body ? transaction(pool, body.queries, options) : runOne(pool, body);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.end()));
  }

  #pool(connectionString: string): pg.Pool {
    const known = this.#pools.get(connectionString);
    if (known) return known;
    const { username, password, pathname } = new URL(connectionString);
    const pool = new pg.Pool({
      host: this.#host,
      port: this.#port,
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      database: decodeURIComponent(pathname.slice(1)),
    });
    // An idle connection that Postgres closes is replaced by the next query.
    pool.on("error", () => {});
    this.#pools.set(connectionString, pool);
    return pool;
  }
}

async function transaction(pool: pg.Pool, queries: readonly Query[], options: Headers): Promise<object> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(begin(options));
    const results: object[] = [];
    for (const query of queries) results.push(await runOne(client, query));
    await client.query("commit");
    return { results };
  } catch (error) {
    await client.query("rollback").catch(() => {
      broken = new Fault("unavailable", "the connection was lost");
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

function begin(options: Headers): string {
  const level = options["neon-batch-isolation-level"];
  const isolation = level ? ` isolation level ${ISOLATION[level]}` : "";
  const readOnly = options["neon-batch-read-only"] === "true" ? " read only" : "";
  const deferrable = options["neon-batch-deferrable"] === "true" ? " deferrable" : "";
  return `begin${isolation}${readOnly}${deferrable}`;
}

async function runOne(target: pg.Pool | pg.PoolClient, { query, params }: Query): Promise<object> {
  // Without parameters pg would take the simple protocol, which allows several statements in one query; Neon doesn't.
  const config: pg.QueryArrayConfig & { queryMode: "extended" } = {
    text: query,
    values: params,
    rowMode: "array",
    types: asText,
    queryMode: "extended",
  };
  const { command, rowCount, rows, fields } = await target.query(config);
  return { command, rowCount, rows, fields, rowAsArray: true };
}
