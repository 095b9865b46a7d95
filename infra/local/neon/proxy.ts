/** The protocol of `@neondatabase/serverless` in front of an ordinary Postgres: HTTP for queries, WebSocket for sessions. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import { connect } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { Fault } from "../../../shared/daemon/fault.ts";
import { MAX_JSON_BYTES } from "../../../shared/daemon/limits.ts";
import { errorBody } from "./errors.ts";
import { SqlEndpoint } from "./sql.ts";

export interface NeonProxy {
  close(): Promise<void>;
}

/** Listens on loopback only: whoever reaches it still needs the database's password. */
export async function startNeonProxy(port: number, database: { host: string; port: number }): Promise<NeonProxy> {
  const sql = new SqlEndpoint(database.host, database.port);
  const server = createServer((request, response) => {
    answer(sql, request).then(({ status, body }) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });
  const sockets = new WebSocketServer({
    server,
    perMessageDeflate: false,
    // Browsers send an Origin, drivers don't: no page may try passwords here.
    verifyClient: ({ req }: { req: IncomingMessage }) => req.headers.origin === undefined,
  });
  sockets.on("connection", (socket) => pipe(socket, database));
  await listen(server, port);
  return {
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      server.close();
      await sql.close();
    },
  };
}

async function answer(sql: SqlEndpoint, request: IncomingMessage): Promise<{ status: number; body: object }> {
  try {
    if (request.method !== "POST") throw new Fault("not_found", "POST a query");
    return { status: 200, body: await sql.run(request.headers, await textOf(request)) };
  } catch (error) {
    // Neon answers 400 for all that Postgres refuses; the driver makes its NeonDbError from that.
    return { status: error instanceof Fault ? error.status : 400, body: errorBody(error) };
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk;
    if (text.length > MAX_JSON_BYTES) throw new Fault("too_large", `a query may have ${MAX_JSON_BYTES} bytes`);
  }
  return text;
}

/** The session protocol is Postgres' own, byte for byte. */
function pipe(socket: WebSocket, database: { host: string; port: number }): void {
  const connection = connect(database.port, database.host).setNoDelay(true);
  socket.on("message", (data: Buffer) => connection.write(data));
  connection.on("data", (data) => socket.send(data));
  connection.on("error", () => socket.close(1011));
  connection.on("close", () => socket.close());
  socket.on("close", () => connection.destroy());
  socket.on("error", () => connection.destroy());
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
}
