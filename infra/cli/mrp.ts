/** `markco mrp`: a generic client of the runtime protocol (formats.md §4), for people who look into it and for scripts. */
import { randomUUID } from "node:crypto";
import { createInterface, type Interface } from "node:readline";
import { parseArgs } from "node:util";
import { z } from "zod";
import { Fault, parseJson } from "../../shared/daemon/fault.ts";
import { readEvents } from "../../shared/mrp/event-stream.ts";
import { plainText } from "../../shared/mrp/mime.ts";
import { ExecutionEvent, LANGUAGES, sessionId } from "../../shared/mrp/mrp.ts";
import { type Client, openClient } from "./client.ts";
import { type Command, UsageFault } from "./command.ts";

/** Times that a lost connection is taken up again before it is given up, and how long each waits. */
const ATTEMPTS = 10;
const AGAIN_MS = 500;

/** Endpoints that are read; all others are asked with a body. */
const READ = /^(capabilities|sessions(\/[^/]+)?|executions\/[^/]+|assets\/.+)$/;

export const command: Command = {
  name: "mrp",
  usage: "markco mrp PROJECT (CODE | --ask ENDPOINT [BODY]) [--language L] [--session S] [--json]",
  summary: "run code in a session, or ask the runtime, by its protocol",
  help: `
CODE runs in a session of the project; "-" reads it from stdin. What it prints comes as it is printed; what it asks for is read
from stdin, a line each. A lost connection is taken up where it was: nothing is missed, nothing runs twice.
  --ask ENDPOINT  asks instead, and shows the answer: capabilities, sessions, complete, inspect, hover, variables,
                  variables/NAME, is_complete, format, history, interrupt, assets/PATH, …; BODY is the request as JSON
                  ({} if left out), to which the session is added
  --language L    ${LANGUAGES.join(", ")} (python)
  --session S     the session's name (default)

The exit status is 1 if the code failed. With --json each line is one event of the execution: {"seq", "event", "data"}.`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ask: { type: "string" },
        language: { type: "string", default: "python" },
        session: { type: "string", default: "default" },
        json: { type: "boolean", default: false },
      },
    });
    const [name, text, more] = positionals;
    if (name === undefined || more !== undefined) throw new UsageFault(`usage: ${command.usage}`);
    const language = LANGUAGES.find((known) => known === values.language);
    if (!language) throw new UsageFault(`--language ${values.language}: it is one of ${LANGUAGES.join(", ")}`);
    const client = await openClient();
    const { projectId, slug } = await client.project(name);
    const door = `/api/projects/${projectId}/mrp/v1`;
    const session = sessionId(slug, language, values.session);
    if (values.ask !== undefined) return ask(client, door, values.ask, session, text ?? "{}");
    if (text === undefined) throw new UsageFault("name the code to run, or - to read it from stdin");
    const code = text === "-" ? await readStdin() : text;
    return execute(client, door, { code, session }, values.json ? writeJson : writeText);
  },
};

async function ask(client: Client, door: string, endpoint: string, session: string, body: string): Promise<number> {
  const request = { session, ...parseJson(z.looseObject({}), body, "the request") };
  const response = READ.test(endpoint)
    ? await client.request("GET", `${door}/${endpoint}`)
    : await client.request("POST", `${door}/${endpoint}`, request);
  const answer = new Uint8Array(await response.arrayBuffer());
  process.stdout.write(answer);
  if (answer.at(-1) !== 10) process.stdout.write("\n");
  return 0;
}

async function execute(
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

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

function writeJson(event: ExecutionEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

function writeText({ event, data }: ExecutionEvent): void {
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
