/** One execution of code by the runtime protocol (formats.md §4), from its request to its end, as commands show it. */
import { randomUUID } from "node:crypto";
import { createInterface, type Interface } from "node:readline";
import { Fault, parseJson } from "../../shared/daemon/fault.ts";
import { readEvents } from "../../shared/mrp/event-stream.ts";
import { plainText } from "../../shared/mrp/mime.ts";
import { ExecutionEvent, LANGUAGES, type Language } from "../../shared/mrp/mrp.ts";
import type { Client } from "./client.ts";
import { UsageFault } from "./command.ts";

/** Times that a lost connection is taken up again before it is given up, and how long each waits. */
const ATTEMPTS = 10;
const AGAIN_MS = 500;

/**
 * Runs code, and reads from stdin what it asks for; Ctrl-C interrupts it. A lost connection is taken up where it was.
 * @param door path of the protocol's root: `/api/projects/…/mrp/v1`
 * @returns the exit status: 0 completed, 1 failed. Throws Fault.
 */
export async function execute(
  client: Client,
  door: string,
  request: { readonly code: string; readonly session: string },
  write: (event: ExecutionEvent) => void,
): Promise<number> {
  const execId = randomUUID();
  await client.request("POST", `${door}/executions`, { ...request, execId });
  const stop = () => void client.request("POST", `${door}/interrupt`, { session: request.session }).catch(() => {});
  process.on("SIGINT", stop);
  const answers = new Answers();
  try {
    for await (const event of follow(client, `${door}/executions/${execId}/events`)) {
      write(event);
      if (event.event === "stdin_request") {
        const text = await answers.next();
        if (text === null)
          await client.request("POST", `${door}/input/cancel`, { session: request.session, exec_id: execId });
        else await client.request("POST", `${door}/input`, { session: request.session, exec_id: execId, text });
      }
      if (event.event === "done") return event.data.success ? 0 : 1;
    }
  } finally {
    process.off("SIGINT", stop);
    answers.close();
  }
  throw new Fault("unavailable", "the execution did not come to its end");
}

/** All events in order, each once, over as many connections as it takes. Throws Fault. */
async function* follow(client: Client, address: string): AsyncGenerator<ExecutionEvent> {
  let after = 0;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      const response = await client.request("GET", `${address}?after=${after}`);
      for await (const { id, event, data } of readEvents(response.body ?? new ReadableStream())) {
        const known = parseJson(ExecutionEvent, `{"seq":${Number(id)},"event":"${event}","data":${data}}`, "an event");
        after = known.seq;
        attempt = 0;
        yield known;
        if (known.event === "done") return;
      }
    } catch (error) {
      if (error instanceof Fault && error.code !== "unavailable") throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
  throw new Fault("unavailable", "the connection is lost; the code runs on");
}

/** Lines of stdin, read only once somebody asks. */
class Answers {
  #lines: Interface | null = null;
  #reader: AsyncIterator<string> | null = null;

  /** Null at the end of stdin. */
  async next(): Promise<string | null> {
    this.#lines ??= createInterface({ input: process.stdin });
    this.#reader ??= this.#lines[Symbol.asyncIterator]();
    const { done, value } = await this.#reader.next();
    return done ? null : value;
  }

  close(): void {
    this.#lines?.close();
    process.stdin.pause();
  }
}

/** The code that an argument names: itself, or all of stdin for `-`. */
export async function codeFrom(argument: string): Promise<string> {
  if (argument !== "-") return argument;
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

/** Throws UsageFault. */
export function languageFrom(argument: string): Language {
  const language = LANGUAGES.find((known) => known === argument);
  if (!language) throw new UsageFault(`--language ${argument}: it is one of ${LANGUAGES.join(", ")}`);
  return language;
}

/** One line an event. */
export function writeJson(event: ExecutionEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

/** What a terminal would have shown. */
export function writeText({ event, data }: ExecutionEvent): void {
  switch (event) {
    case "stdout":
    case "stderr":
      process[event].write(data.content);
      break;
    case "display":
    case "result":
      process.stdout.write(`${plainText(data.data)}\n`);
      break;
    case "asset":
      process.stdout.write(`[${data.path}]\n`);
      break;
    case "stdin_request":
      process.stderr.write(data.prompt);
      break;
    case "error":
      process.stderr.write(
        `${data.traceback.length > 0 ? data.traceback.join("\n") : `${data.type}: ${data.message}`}\n`,
      );
      break;
    case "start":
    case "clear":
    case "done":
      break;
  }
}
