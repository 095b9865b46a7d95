/** `markco cost`: what one's machines have cost this month. */
import { parseArgs } from "node:util";
import { Bill } from "../../shared/daemon/contract.ts";
import { openClient } from "./client.ts";
import { type Command, UsageFault } from "./command.ts";

export const command: Command = {
  name: "cost",
  usage: "markco cost [--json]",
  summary: "show what your projects' machines have cost this month",
  help: `
By project and size of machine, to the second. The base server is not in it: it runs anyway. "Always on" is what the same
projects would have cost, had each kept the largest machine it needed since it first needed one.`,
  async run(args) {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { json: { type: "boolean" } } });
    if (positionals.length > 0) throw new UsageFault("markco cost takes no arguments");
    const client = await openClient();
    const bill = await client.json(Bill, "GET", "/api/cost");
    if (values.json) {
      process.stdout.write(`${JSON.stringify(bill)}\n`);
      return 0;
    }
    for (const { project, tier, seconds, dollars, running } of bill.projects) {
      process.stdout.write(`${project}  ${tier}  ${seconds} s  $${dollars}${running ? "  running" : ""}\n`);
    }
    process.stdout.write(
      `since ${bill.from.slice(0, 10)}: $${bill.dollars}; by the end of the month about $${bill.forecastDollars}; ` +
        `always on: $${bill.alwaysOnDollars}\n`,
    );
    return 0;
  },
};
