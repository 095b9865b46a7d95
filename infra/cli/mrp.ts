/** `markco mrp`: a generic client of the runtime protocol (formats.md §4), for people who look into it and for scripts. */
import { parseArgs } from "node:util";
import * as z from "zod";
import { parseJson } from "../../shared/daemon/fault.ts";
import { LANGUAGES, sessionId } from "../../shared/mrp/mrp.ts";
import { type Client, openClient } from "./client.ts";
import { type Command, UsageFault } from "./command.ts";
import { codeFrom, execute, languageFrom, writeJson, writeText } from "./execution.ts";

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
    const language = languageFrom(values.language);
    const client = await openClient();
    const { projectId, slug } = await client.project(name);
    const door = `/api/projects/${projectId}/mrp/v1`;
    const session = sessionId(slug, language, values.session);
    if (values.ask !== undefined) return ask(client, door, values.ask, session, text ?? "{}");
    if (text === undefined) throw new UsageFault("name the code to run, or - to read it from stdin");
    return execute(client, door, { code: await codeFrom(text), session }, values.json ? writeJson : writeText);
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
