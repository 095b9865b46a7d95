/** `markco COMMAND …`: finds the command, loads its module alone, and turns what goes wrong into one line. */
import { Fault } from "../../shared/daemon/fault.ts";
import { type Command, UsageFault } from "./command.ts";

/** In the order that a newcomer needs them. */
const COMMANDS: Readonly<Record<string, () => Promise<{ command: Command }>>> = {
  start: () => import("./start.ts"),
  stop: () => import("./stop.ts"),
  doctor: () => import("./doctor.ts"),
  login: () => import("./login.ts"),
  import: () => import("./import.ts"),
  upload: () => import("./upload.ts"),
  download: () => import("./download.ts"),
  run: () => import("./run.ts"),
  publish: () => import("./publish.ts"),
  share: () => import("./share.ts"),
  move: () => import("./move.ts"),
  sleep: () => import("./sleep.ts"),
  wake: () => import("./wake.ts"),
  snapshot: () => import("./snapshot.ts"),
  fork: () => import("./fork.ts"),
  hosts: () => import("./hosts.ts"),
  cost: () => import("./cost.ts"),
  ls: () => import("./ls.ts"),
  mrp: () => import("./mrp.ts"),
};

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(await overview());
    return name === undefined ? 2 : 0;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) {
    process.stderr.write(`markco: there is no command "${name}"; markco --help lists them\n`);
    return 2;
  }
  const { command } = await load();
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(`usage: ${command.usage}\n\n${command.help.trim()}\n`);
    return 0;
  }
  return run(command, args);
}

async function run(command: Command, args: string[]): Promise<number> {
  try {
    return await command.run(args);
  } catch (error) {
    const fault = toFault(error);
    if (args.includes("--json")) process.stdout.write(`${JSON.stringify(fault.toBody())}\n`);
    else process.stderr.write(`markco: ${fault.message}\n`);
    return fault instanceof UsageFault ? 2 : 1;
  }
}

/** node:util's parseArgs marks what it refuses with these codes. */
function isParseArgs(error: unknown): error is Error {
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}

function toFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (isParseArgs(error)) return new UsageFault(error.message.split("\n")[0] ?? "wrong usage");
  return new Fault("internal", error instanceof Error ? error.message : String(error));
}

async function overview(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  const width = Math.max(...commands.map(({ command }) => command.usage.length));
  const lines = commands.map(({ command }) => `  ${command.usage.padEnd(width)}  ${command.summary}`);
  return `markco turns a folder of markdown into a notebook that runs, a document to edit together, and a published site.

${lines.join("\n")}

markco COMMAND --help says more.
`;
}

process.exitCode = await main(process.argv.slice(2));
