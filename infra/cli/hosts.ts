/** `markco hosts`: the machines that runtimes of one's projects are on. */
import { parseArgs } from "node:util";
import { HostList } from "../../shared/daemon/contract.ts";
import { openClient } from "./client.ts";
import { type Command, UsageFault } from "./command.ts";

export const command: Command = {
  name: "hosts",
  usage: "markco hosts [--json]",
  summary: "list the machines that your projects run on",
  help: `
Each was launched for one project and ends with its work. A project that is not in the list runs on the base server, or
does not run.`,
  async run(args) {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { json: { type: "boolean" } } });
    if (positionals.length > 0) throw new UsageFault("markco hosts takes no arguments");
    const client = await openClient();
    const [{ hosts }, projects] = await Promise.all([client.json(HostList, "GET", "/api/hosts"), client.projects()]);
    const named = hosts.map((host) => ({
      ...host,
      project: projects.find(({ projectId }) => projectId === host.projectId)?.slug ?? host.projectId,
    }));
    if (values.json) process.stdout.write(`${JSON.stringify({ hosts: named })}\n`);
    else if (named.length === 0) process.stdout.write("none: whatever runs is on the base server\n");
    for (const { project, tier, state, instanceId, connected, dollarsPerHour } of values.json ? [] : named) {
      const line = state === "ready" && !connected ? "silent" : state;
      process.stdout.write(`${project}  ${tier}  ${instanceId ?? "-"}  ${line}  $${dollarsPerHour}/h\n`);
    }
    return 0;
  },
};
