/** `markco publish`: brings the site up to date now and says where it is. */
import { parseArgs } from "node:util";
import { SiteState } from "../../shared/daemon/contract.ts";
import { openClient } from "./client.ts";
import { type Command, UsageFault } from "./command.ts";

export const command: Command = {
  name: "publish",
  usage: "markco publish PROJECT [--json]",
  summary: "bring a project's site up to date now",
  help: `
A project is published while the configuration in its mrmd.md has \`publish:\`; every save does what this command does.
A page whose address another one has is not shown, and named.
It fails with file and line if the configuration does not allow it; the site keeps its last good state then.`,
  async run(args) {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { json: { type: "boolean" } } });
    const [name] = positionals;
    if (name === undefined || positionals.length !== 1)
      throw new UsageFault("name one project: markco publish PROJECT");
    const client = await openClient();
    const { projectId } = await client.project(name);
    const site = await client.json(SiteState, "POST", `/api/projects/${projectId}/publish`);
    const url = `${client.url}/${site.url}`;
    if (values.json) process.stdout.write(`${JSON.stringify({ ...site, url })}\n`);
    else process.stdout.write(`${site.pages} pages at ${url} (${site.visibility}, version ${site.version})\n`);
    for (const line of site.unreachable) process.stderr.write(`not shown: ${line}\n`);
    return 0;
  },
};
