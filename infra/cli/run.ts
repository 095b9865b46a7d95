/** `markco run`: runs cells where the project is; the editor server writes their outputs into the document. */
import { parseArgs } from "node:util";
import * as z from "zod";
import { ProjectState } from "../../shared/daemon/contract.ts";
import { Fault, parseJson } from "../../shared/daemon/fault.ts";
import { RunLine, type RunRequest, type Which } from "../../shared/editor/run-lines.ts";
import { layOutSite } from "../../shared/fsml/site.ts";
import { type Client, openClient } from "./client.ts";
import { type Command, UsageFault } from "./command.ts";
import { splitTarget } from "./target.ts";

type Summary = Extract<RunLine, { type: "summary" }>;

export const command: Command = {
  name: "run",
  usage:
    "markco run PROJECT[/DOC] [--cell N [--above | --below]] [--stale] [--session NAME] [--restart] [--keep-going] [--json]",
  summary: "run a document's cells, or a whole project's",
  help: `
PROJECT is a name or @owner/name; DOC is the document's path in it. Without DOC all pages run, in reading order.
Output comes as the cells print it. It stands in the document afterwards, also if this command is stopped.
  --cell N        only the N-th cell, counted from 1
    --above       the cells above it instead
    --below       it and the cells below it
  --stale         only cells whose output may be out of date: they or what is above them changed since they ran
  --session NAME  in this session instead of the cells' own
  --restart       in new processes: all variables of the sessions are gone first
  --keep-going    run on behind a cell that fails; without it the rest of its session's cells are left out

The exit status is 1 if a cell failed. With --json each line is one JSON object; the last is the summary.`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        cell: { type: "string" },
        above: { type: "boolean", default: false },
        below: { type: "boolean", default: false },
        stale: { type: "boolean", default: false },
        session: { type: "string" },
        restart: { type: "boolean", default: false },
        "keep-going": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
      },
    });
    const [target] = positionals;
    if (target === undefined || positionals.length !== 1)
      throw new UsageFault("name what to run: markco run PROJECT[/DOC]");
    const cell = values.cell === undefined ? null : parseCell(values.cell);
    const [name, path] = splitTarget(target);
    if (cell !== null && path === null) throw new UsageFault("--cell needs a document");
    const which = whichOf(cell, values);
    const wanted = { cell, which, session: values.session ?? null, keepGoing: values["keep-going"] };
    const client = await openClient();
    const { projectId } = await client.project(name);
    const paths = path === null ? await pagesOf(client, projectId) : [path];
    let failed = 0;
    for (const document of paths) {
      if (values.restart) await client.request("POST", `/api/projects/${projectId}/editor/restart`, { path: document });
      const request = { ...wanted, path: document };
      const summary = await runDocument(client, projectId, request, values.json ? writeJson : writeText);
      failed += summary.failed + summary.cancelled;
    }
    return failed === 0 ? 0 : 1;
  },
};

/** Throws UsageFault if the options contradict each other. */
function whichOf(cell: number | null, options: { above: boolean; below: boolean; stale: boolean }): Which {
  const named = (["above", "below", "stale"] as const).filter((which) => options[which]);
  const [which = cell === null ? "all" : "this"] = named;
  if (named.length > 1) throw new UsageFault(`--${named.join(" and --")} exclude each other`);
  if (which === "stale" && cell !== null) throw new UsageFault("--stale looks at all cells: leave --cell out");
  if ((which === "above" || which === "below") && cell === null) throw new UsageFault(`--${which} needs --cell`);
  return which;
}

function parseCell(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new UsageFault(`--cell ${text}: cells are counted from 1`);
  return number;
}

async function pagesOf(client: Client, projectId: string): Promise<string[]> {
  const state = await client.json(ProjectState.extend({ role: z.string() }), "GET", `/api/projects/${projectId}`);
  const site = layOutSite({ paths: state.files.map(({ path }) => path), titles: new Map(), projectTitle: state.slug });
  return site.pages.map(({ file }) => file);
}

/** Throws Fault("unavailable") if the connection is lost; the cells run on all the same. */
async function runDocument(
  client: Client,
  projectId: string,
  wanted: RunRequest,
  write: (line: RunLine, path: string) => void,
): Promise<Summary> {
  const { path } = wanted;
  const response = await client.request("POST", `/api/projects/${projectId}/editor/run`, wanted);
  let rest = "";
  const decoder = new TextDecoder();
  const lost = new Fault(
    "unavailable",
    `the connection was lost; ${path} runs on, and its outputs will stand in the document`,
  );
  try {
    for await (const chunk of response.body ?? []) {
      rest += decoder.decode(chunk, { stream: true });
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      // Empty lines keep the connection alive while a cell is silent.
      for (const text of lines.filter((text) => text !== "")) {
        const line = parseJson(RunLine, text, "the platform's answer");
        write(line, path);
        if (line.type === "summary") return line;
      }
    }
  } catch (error) {
    throw error instanceof Fault ? error : lost;
  }
  throw lost;
}

function writeJson(line: RunLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** What programs printed goes where they printed it; what is said about cells goes to stderr. */
function writeText(line: RunLine, path: string): void {
  switch (line.type) {
    case "cell":
      if (line.status === "running") process.stderr.write(`${path}:${line.line}: cell ${line.cell}\n`);
      else if (line.status !== "completed")
        process.stderr.write(`${path}:${line.line}: cell ${line.cell} ${line.status}\n`);
      break;
    case "output":
      (line.stream === "stdout" ? process.stdout : process.stderr).write(line.text);
      break;
    case "asset":
      process.stdout.write(`[${line.path}]\n`);
      break;
    case "error":
      process.stderr.write(`${line.traceback}\n`);
      break;
    case "summary":
      process.stderr.write(`${path}: ${line.completed} of ${line.cells} cells completed, ${line.failed} failed\n`);
      break;
  }
}
