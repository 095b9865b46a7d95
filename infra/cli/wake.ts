/** `markco wake`: let a project's frozen runtime go on. */
import { parseArgs } from "node:util";
import { RuntimeState } from "../../shared/daemon/contract.ts";
import { openClient } from "./client.ts";
import { type Command, UsageFault } from "./command.ts";

export const command: Command = {
  name: "wake",
  usage: "markco wake PROJECT [--json]",
  summary: "let a project's frozen runtime go on",
  help: `
A runtime that sleeps goes on where it was; one that there is none of is started.`,
  async run(args) {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { json: { type: "boolean" } } });
    const [name] = positionals;
    if (name === undefined || positionals.length !== 1) throw new UsageFault("name one project: markco wake PROJECT");
    const client = await openClient();
    const { projectId } = await client.project(name);
    const runtime = await client.json(RuntimeState, "POST", `/api/projects/${projectId}/runtime/start`);
    if (values.json) process.stdout.write(`${JSON.stringify(runtime)}\n`);
    else process.stdout.write(`${name} is ${runtime.state}\n`);
    return 0;
  },
};
