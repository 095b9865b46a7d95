/** `markco ls`: the projects that this person may see. */
import { parseArgs } from "node:util";
import { openClient } from "./client.ts";
import type { Command } from "./command.ts";

export const command: Command = {
  name: "ls",
  usage: "markco ls [--json]",
  summary: "list your projects",
  help: `
One line a project: its owner and name, your role, and where it is published.`,
  async run(args) {
    const { values } = parseArgs({ args, options: { json: { type: "boolean" } } });
    const projects = await (await openClient()).projects();
    if (values.json) process.stdout.write(`${JSON.stringify({ projects })}\n`);
    for (const { owner, slug, role, site } of values.json ? [] : projects) {
      process.stdout.write(
        `@${owner.handle}/${slug}\t${role}\t${site?.published ? `${site.url} (${site.visibility})` : "not published"}\n`,
      );
    }
    return 0;
  },
};
