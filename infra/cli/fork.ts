/** `markco fork`: a copy of what runs, to try things in. */
import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import * as z from "zod";
import { SandboxChanges, SandboxList, SandboxRequest, SandboxState } from "../../shared/daemon/contract.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import { LANGUAGES, sessionId } from "../../shared/mrp/mrp.ts";
import { type Client, openClient } from "./client.ts";
import { type Command, UsageFault } from "./command.ts";
import { codeFrom, execute, languageFrom, writeJson, writeText } from "./execution.ts";
import { printable } from "./printable.ts";

type Wish =
  | { readonly kind: "make"; readonly minutes: number }
  | { readonly kind: "list" }
  | { readonly kind: "run"; readonly id: string; readonly code: string }
  | { readonly kind: "diff" | "end"; readonly id: string };

export const command: Command = {
  name: "fork",
  usage: "markco fork PROJECT [ID --run CODE | ID --diff | ID --end | --list] [--json]",
  summary: "make a copy of what runs, to try things in",
  help: `
A sandbox has all variables and files of the project as they are now. Nothing that it does reaches the project, and it is
destroyed with all that it has written when its time is over.
  markco fork PROJECT [--minutes N]   make one and print its ID; it lives for N minutes (60)
  markco fork PROJECT --list          those that are alive
  markco fork PROJECT ID --run CODE   run CODE in it, or what comes from stdin if CODE is "-"
  markco fork PROJECT ID --diff       which files it has added, changed and removed
  markco fork PROJECT ID --end        end it now

With --run:
  --language L    ${LANGUAGES.join(", ")} (python)
  --session S     the session's name (default)

The exit status is 1 if the code failed. With --json each line is what the platform answers; of code that runs, one event
a line: {"seq", "event", "data"}.`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        minutes: { type: "string" },
        list: { type: "boolean", default: false },
        run: { type: "string" },
        diff: { type: "boolean", default: false },
        end: { type: "boolean", default: false },
        language: { type: "string", default: "python" },
        session: { type: "string", default: "default" },
        json: { type: "boolean", default: false },
      },
    });
    const [project, id, more] = positionals;
    if (project === undefined || more !== undefined) throw new UsageFault(`usage: ${command.usage}`);
    const wish = wishFrom(id, values);
    const language = languageFrom(values.language);
    const client = await openClient();
    const { projectId, slug } = await client.project(project);
    const at = `/api/projects/${projectId}/sandboxes`;
    if (wish.kind === "run") {
      const session = sessionId(slug, language, values.session);
      const request = { code: await codeFrom(wish.code), session };
      return execute(client, `${at}/${wish.id}/mrp/v1`, request, values.json ? writeJson : writeText);
    }
    const { answer, lines } = await fulfil(client, at, wish);
    for (const line of values.json ? [JSON.stringify(answer)] : lines) process.stdout.write(`${line}\n`);
    return 0;
  },
};

interface Options {
  readonly minutes?: string;
  readonly list: boolean;
  readonly run?: string;
  readonly diff: boolean;
  readonly end: boolean;
}

function wishFrom(id: string | undefined, { minutes, list, run, diff, end }: Options): Wish {
  if ([minutes !== undefined, list, run !== undefined, diff, end].filter(Boolean).length > 1)
    throw new UsageFault("one thing at a time: --minutes, --list, --run, --diff or --end");
  if (run !== undefined) return { kind: "run", id: idFrom(id), code: run };
  if (diff) return { kind: "diff", id: idFrom(id) };
  if (end) return { kind: "end", id: idFrom(id) };
  if (id !== undefined) throw new UsageFault("say what to do with that sandbox: --run CODE, --diff or --end");
  if (list) return { kind: "list" };
  const request = SandboxRequest.safeParse(minutes === undefined ? {} : { minutes: Number(minutes) });
  if (!request.success) throw new UsageFault(`--minutes ${minutes}: ${request.error.issues[0]?.message}`);
  return { kind: "make", minutes: request.data.minutes };
}

function idFrom(id: string | undefined): string {
  const parsed = z.uuid().safeParse(id);
  if (!parsed.success) throw new UsageFault("name the sandbox by its ID, as `markco fork PROJECT --list` shows it");
  return parsed.data;
}

async function fulfil(
  client: Client,
  at: string,
  wish: Exclude<Wish, { kind: "run" }>,
): Promise<{ answer: object; lines: string[] }> {
  switch (wish.kind) {
    case "make": {
      const answer = await client.json(SandboxState, "POST", at, { sandboxId: randomUUID(), minutes: wish.minutes });
      if (answer.state !== "running") throw new Fault("conflict", answer.reason ?? `the sandbox is ${answer.state}`);
      // Nothing but the id, so that a script can take it.
      return { answer, lines: [answer.id] };
    }
    case "list": {
      const answer = await client.json(SandboxList, "GET", at);
      return { answer, lines: answer.sandboxes.map(lineOf) };
    }
    case "diff": {
      const answer = await client.json(SandboxChanges, "GET", `${at}/${wish.id}/changes`);
      const lines = answer.files.map(({ path, change, bytes }) =>
        [change, printable(path), ...(change === "removed" ? [] : [`${bytes} bytes`])].join("  "),
      );
      return { answer, lines: answer.truncated ? [...lines, "… and more"] : lines };
    }
    case "end":
      await client.request("DELETE", `${at}/${wish.id}`);
      return { answer: {}, lines: [`${wish.id} has ended`] };
  }
}

function lineOf({ id, state, tier, expires, reason }: SandboxState): string {
  const minutes = Math.max(0, Math.ceil((Date.parse(expires) - Date.now()) / 60_000));
  const until = state === "starting" || state === "running" ? [`ends in ${minutes} min`] : [];
  return [id, state, tier, ...until, ...(reason === null ? [] : [reason])].join("  ");
}
