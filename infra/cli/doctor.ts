/** `markco doctor`: what the platform needs of this machine, what is there, and what its absence limits. */
import { parseArgs } from "node:util";
import { inspectCriu } from "../local/needs/criu.ts";
import { inspectMachine } from "../local/needs/machine.ts";
import type { Need } from "../local/needs/need.ts";
import { inspectPrograms } from "../local/needs/packages.ts";
import type { Command } from "./command.ts";

const MARK = { ok: "✓", limited: "–", missing: "✗" } as const;

export const command: Command = {
  name: "doctor",
  usage: "markco doctor [--json]",
  summary: "check what this machine has and what it limits",
  help: `
One line for each need: ✓ present, – works with a limit, ✗ missing. Exit status 1 if something needed is missing;
npm start installs missing programs by itself.
  --json   print {"ok": …, "needs": [{name, state, version, note}]}`,
  async run(args) {
    const { values } = parseArgs({ args, options: { json: { type: "boolean" } } });
    const needs = [...(await inspectMachine()), ...(await inspectPrograms()), ...(await inspectCriu())];
    const ok = needs.every(({ state }) => state !== "missing");
    process.stdout.write(values.json ? `${JSON.stringify({ ok, needs })}\n` : table(needs));
    return ok ? 0 : 1;
  },
};

function table(needs: readonly Need[]): string {
  const width = Math.max(...needs.map(({ name, version }) => `${name} ${version ?? ""}`.length));
  return needs
    .map(({ name, state, version, note }) =>
      `${MARK[state]} ${`${name} ${version ?? ""}`.padEnd(width)}  ${note ?? ""}`.trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}
