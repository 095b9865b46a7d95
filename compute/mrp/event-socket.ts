/** Events of an execution over a WebSocket: each a message `{"seq", "event", "data"}`; closed with 1000 behind the last. */
import { WebSocketServer } from "ws";
import type { ExecutionEvent } from "../../shared/mrp/mrp.ts";
import type { Upgrade } from "../api/router.ts";
import { dataForClient } from "./client-event.ts";

const PING_MS = 15_000;
/** A client that reads slowly must not make the daemon hold its output in memory. */
const MAX_WAITING_BYTES = 1024 * 1024;
const WAIT_MS = 20;

const sockets = new WebSocketServer({ noServer: true, maxPayload: 1024, perMessageDeflate: false });

export function serveEvents(
  { request, socket, head }: Upgrade,
  executionId: string,
  follow: (signal: AbortSignal) => AsyncIterable<ExecutionEvent>,
): void {
  sockets.handleUpgrade(request, socket, head, (client) => {
    const gone = new AbortController();
    const pings = setInterval(() => client.ping(), PING_MS);
    client.on("close", () => gone.abort()).on("error", () => client.terminate());
    const send = async () => {
      for await (const event of follow(gone.signal)) {
        const data = dataForClient(executionId, event);
        client.send(JSON.stringify({ seq: event.seq, event: event.event, data }));
        while (client.bufferedAmount > MAX_WAITING_BYTES && !gone.signal.aborted)
          await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
        if (event.event === "done") break;
      }
      client.close(1000);
    };
    send()
      .catch((error: unknown) => {
        console.error(`events of ${executionId}:`, error);
        client.close(1011);
      })
      .finally(() => clearInterval(pings));
  });
}
