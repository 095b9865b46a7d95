/** A small HTTP server of a test, on a free port of loopback. */
import { createServer, type IncomingMessage, type Server } from "node:http";

export interface Loopback {
  readonly origin: string;
  readonly server: Server;
  close(): Promise<void>;
}

export interface Received {
  readonly method: string;
  /** Path and query, as on the request line. */
  readonly target: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Uint8Array<ArrayBuffer>;
}

export type Answer = (request: Received) => Response | Promise<Response>;

/** Bodies of answers are streamed as they come, so that a test can tell whether somebody in between buffers them. */
export async function listen(answer: Answer): Promise<Loopback> {
  const server = createServer(async (incoming, outgoing) => {
    const body = new Uint8Array(Buffer.concat(await incoming.toArray()));
    const { method = "GET", url = "/", headers } = incoming;
    const response = await answer({ method, target: url, headers, body });
    const cookies = response.headers.getSetCookie();
    if (cookies.length > 0) outgoing.setHeader("set-cookie", cookies);
    response.headers.delete("set-cookie");
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.flushHeaders();
    for await (const chunk of response.body ?? []) outgoing.write(chunk);
    outgoing.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return {
    origin: `http://127.0.0.1:${address.port}`,
    server,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
