/** `markco move`: brings a project's runtime to another machine, and says how. */
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { MoveState } from "../../shared/daemon/contract.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import { openClient } from "./client.ts";
import { type Command, UsageFault } from "./command.ts";

const LOOK_MS = 200;

export const command: Command = {
  name: "move",
  usage: "markco move PROJECT TIER [--json]",
  summary: "move a project's runtime to a machine of another size",
  help: `
What runs goes on: variables, cells under way, terminals. TIER is a name of the operator's table: local, t3a.small,
t3a.medium, …, g5.xlarge; Intel names such as t3.medium mean the AMD type of the same size. If the move fails, the runtime
is where it was.`,
  async run(args) {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { json: { type: "boolean" } } });
    const [name, tier] = positionals;
    if (name === undefined || tier === undefined || positionals.length !== 2)
      throw new UsageFault("name the project and the tier: markco move PROJECT TIER");
    const client = await openClient();
    const { projectId } = await client.project(name);
    const at = `/api/projects/${projectId}/runtime`;
    const moveId = randomUUID();
    let move = await client.json(MoveState, "POST", `${at}/move`, { tier, moveId });
    const seen = new Set<string>();
    while (move.state === "running") {
      await wait(LOOK_MS);
      move = await client.json(MoveState, "GET", `${at}/moves/${moveId}`);
      if (!values.json) for (const line of newLines(move, seen)) process.stdout.write(`${line}\n`);
    }
    if (move.error !== null) throw new Fault("conflict", move.error);
    if (values.json) process.stdout.write(`${JSON.stringify(move)}\n`);
    else process.stdout.write(`${name} runs on ${move.to}\n`);
    return 0;
  },
};

function newLines({ phases }: MoveState, seen: Set<string>): string[] {
  return Object.entries(phases).flatMap(([phase, ms]) => {
    if (seen.has(phase)) return [];
    seen.add(phase);
    return [`${phase}: ${ms} ms`];
  });
}
