/** `markco sleep`: freeze a project's runtime, so that it costs nothing. */
import { parseArgs } from "node:util";
import { RuntimeState } from "../../shared/daemon/contract.ts";
import { openClient } from "./client.ts";
import { type Command, UsageFault } from "./command.ts";

export const command: Command = {
  name: "sleep",
  usage: "markco sleep PROJECT [--json]",
  summary: "freeze a project's runtime, so that it costs nothing",
  help: `
What runs is frozen with all its variables and kept on the base server; its machine ends. The next cell, or markco wake,
lets it go on.`,
  async run(args) {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { json: { type: "boolean" } } });
    const [name] = positionals;
    if (name === undefined || positionals.length !== 1) throw new UsageFault("name one project: markco sleep PROJECT");
    const client = await openClient();
    const { projectId } = await client.project(name);
    const runtime = await client.json(RuntimeState, "POST", `/api/projects/${projectId}/runtime/sleep`);
    if (values.json) process.stdout.write(`${JSON.stringify(runtime)}\n`);
    else process.stdout.write(`${name} is ${runtime.state}\n`);
    return 0;
  },
};
