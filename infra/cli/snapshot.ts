/** `markco snapshot`: keep what runs under a name, and go back to it. */
import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { RuntimeState, SnapshotList, SnapshotRequest, SnapshotState } from "../../shared/daemon/contract.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import { type Client, openClient } from "./client.ts";
import { type Command, UsageFault } from "./command.ts";
import { printable } from "./printable.ts";

type Wish =
  | { readonly kind: "list" }
  | { readonly kind: "save"; readonly name: string }
  | { readonly kind: "restore" | "delete" | "share" | "unshare"; readonly name: string };

export const command: Command = {
  name: "snapshot",
  usage: "markco snapshot PROJECT [NAME | --restore NAME | --delete NAME | --share NAME] [--json]",
  summary: "keep what runs under a name, and go back to it",
  help: `
Without NAME the project's snapshots are listed: yours, and those that are shared with you. With NAME what runs now is kept
under it, with all variables, while it goes on.
  --restore NAME   the runtime goes on from there; what it has now is gone
  --share NAME     let everybody who may run cells in the project see and restore it
  --unshare NAME   take that back
  --delete NAME    forget it, and free its space
  --json           print what the platform answers

Where two people use the same NAME, the snapshot's id (in --json) says which one is meant.`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        restore: { type: "string" },
        delete: { type: "string" },
        share: { type: "string" },
        unshare: { type: "string" },
        json: { type: "boolean", default: false },
      },
    });
    const [project, name, more] = positionals;
    if (project === undefined || more !== undefined) throw new UsageFault(`usage: ${command.usage}`);
    const { json, ...actions } = values;
    const wish = wishFrom(name, actions);
    const client = await openClient();
    const { projectId } = await client.project(project);
    const { answer, lines } = await fulfil(client, `/api/projects/${projectId}/runtime/snapshots`, wish);
    for (const line of json ? [JSON.stringify(answer)] : lines) process.stdout.write(`${line}\n`);
    return 0;
  },
};

function wishFrom(
  name: string | undefined,
  actions: Readonly<Partial<Record<"restore" | "delete" | "share" | "unshare", string>>>,
): Wish {
  const wishes: Wish[] = name === undefined ? [] : [{ kind: "save", name }];
  for (const kind of ["restore", "delete", "share", "unshare"] as const) {
    const named = actions[kind];
    if (named !== undefined) wishes.push({ kind, name: named });
  }
  const [wish = { kind: "list" }, other] = wishes;
  if (other) throw new UsageFault("one thing at a time: NAME, --restore, --share, --unshare or --delete");
  if (wish.kind === "save") {
    const problem = SnapshotRequest.safeParse(wish).error?.issues[0];
    if (problem) throw new UsageFault(problem.message);
  }
  return wish;
}

async function fulfil(client: Client, at: string, wish: Wish): Promise<{ answer: object; lines: string[] }> {
  if (wish.kind === "list") {
    const answer = await client.json(SnapshotList, "GET", at);
    return { answer, lines: linesOf(answer) };
  }
  const { kind, name } = wish;
  if (kind === "save") {
    const answer = await client.json(SnapshotState, "POST", at, { name, snapshotId: randomUUID() });
    return { answer, lines: [`${answer.name}: ${size(answer.bytes)} kept`] };
  }
  const { id } = await find(client, at, name);
  switch (kind) {
    case "restore": {
      const answer = await client.json(RuntimeState, "POST", `${at}/${id}/restore`);
      return { answer, lines: [`${name}: the runtime is ${answer.state}`] };
    }
    case "share":
    case "unshare": {
      const answer = await client.json(SnapshotState, "POST", `${at}/${id}/share`, { shared: kind === "share" });
      return { answer, lines: [`${name} is ${answer.shared ? "shared" : "no longer shared"}`] };
    }
    case "delete":
      await client.request("DELETE", `${at}/${id}`);
      return { answer: {}, lines: [`${name} is deleted`] };
  }
}

/** By its name or id. Throws Fault("not_found"), or Fault("invalid") if several have the name. */
async function find(client: Client, at: string, name: string): Promise<SnapshotState> {
  const { snapshots } = await client.json(SnapshotList, "GET", at);
  const found = snapshots.filter((snapshot) => snapshot.name === name || snapshot.id === name);
  const [snapshot] = found;
  if (!snapshot) throw new Fault("not_found", `no snapshot "${name}" that you can see`);
  if (found.length > 1) {
    const ids = found.map(({ id, created }) => `${id} (${minute(created)})`).join(", ");
    throw new Fault("invalid", `several snapshots are called "${name}"; name one by its id: ${ids}`);
  }
  return snapshot;
}

function linesOf({ snapshots, usedBytes, quotaBytes }: SnapshotList): string[] {
  const lines = snapshots.map(({ name, bytes, tier, created, shared, problem }) =>
    [
      printable(name),
      size(bytes),
      tier,
      minute(created),
      ...(shared ? ["shared"] : []),
      ...(problem === null ? [] : [`can't be restored: ${problem}`]),
    ].join("  "),
  );
  return [...lines, `${size(usedBytes)} of ${size(quotaBytes)} used`];
}

const minute = (iso: string) => `${iso.slice(0, 16).replace("T", " ")} UTC`;

const size = (bytes: number) => `${Math.ceil(bytes / 1024 / 1024)} MB`;
