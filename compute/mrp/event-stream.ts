/** Events of an execution as server-sent events (formats.md §4). */
import type { ServerResponse } from "node:http";
import type { ExecutionEvent } from "../../shared/mrp/mrp.ts";
import { dataForClient } from "./client-event.ts";

const KEEP_ALIVE_MS = 15_000;
/** Characters. Text that is longer is not repeated with each event: clients put it together from `content`. */
const MAX_ACCUMULATED = 256 * 1024;

/**
 * Writes events until their source ends or the client goes. `accumulate` adds the text so far to stdout and stderr, as the
 * protocol's first clients expect, while it is not too long.
 */
export async function streamEvents(
  response: ServerResponse,
  executionId: string,
  follow: (signal: AbortSignal) => AsyncIterable<ExecutionEvent>,
  { accumulate = false } = {},
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  response.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  response.flushHeaders();
  const keepAlive = setInterval(() => response.write(": keep-alive\n\n"), KEEP_ALIVE_MS);
  const accumulated = { stdout: "", stderr: "" };
  try {
    for await (const event of follow(gone.signal)) {
      let data = dataForClient(executionId, event);
      if (accumulate && (event.event === "stdout" || event.event === "stderr")) {
        accumulated[event.event] += event.data.content;
        if (accumulated[event.event].length <= MAX_ACCUMULATED)
          data = { ...data, accumulated: accumulated[event.event] };
      }
      const room = response.write(`id: ${event.seq}\nevent: ${event.event}\ndata: ${JSON.stringify(data)}\n\n`);
      if (!room) await drained(response, gone.signal);
      if (event.event === "done") break;
    }
  } finally {
    clearInterval(keepAlive);
    response.end();
  }
}

/** A client that reads slowly must not make the daemon hold its output in memory. */
function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      response.off("drain", finish);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    response.once("drain", finish);
    signal.addEventListener("abort", finish);
  });
}
