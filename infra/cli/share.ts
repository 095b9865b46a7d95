/** `markco share`: who may enter a project, and with which role. */
import { parseArgs } from "node:util";
import { Fault } from "../../shared/daemon/fault.ts";
import { GIVEN_ROLES, type GivenRole } from "../../shared/roles.ts";
import { Invited, LinkRequest, MadeLink, type Member, Sharing } from "../../shared/sharing.ts";
import { type Client, openClient } from "./client.ts";
import { type Command, UsageFault } from "./command.ts";
import { printable } from "./printable.ts";

type Wish =
  | { readonly kind: "list" }
  | { readonly kind: "link"; readonly request: LinkRequest }
  | { readonly kind: "invite" | "role"; readonly who: string; readonly role: GivenRole }
  | { readonly kind: "remove" | "revoke"; readonly who: string };

export const command: Command = {
  name: "share",
  usage: "markco share PROJECT [link ROLE | invite WHO ROLE | role WHO ROLE | remove WHO | revoke ID] [--json]",
  summary: "let others into a project, and out again",
  help: `
Without more the project's members are listed, and the ways in for others.
  link ROLE [--days N] [--uses N]   print a link; whoever opens it comes in, for N days (7), and N people (any number)
  invite WHO ROLE                   let somebody in: by their handle, or an e-mail address that they will sign in with
  role WHO ROLE                     change the role of a member; what they have open knows it at once
  remove WHO                        they are in no more, and no link from before lets them back; yourself: leave
  revoke ID                         a link or an invitation lets nobody in any more
  --json                            print what the platform answers

A ROLE is ${GIVEN_ROLES.join(", ")}; each may do all that those before it may. A link's address is told only once.`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { days: { type: "string" }, uses: { type: "string" }, json: { type: "boolean", default: false } },
    });
    const [project, ...words] = positionals;
    if (project === undefined) throw new UsageFault(`usage: ${command.usage}`);
    const wish = wishFrom(words, values);
    const client = await openClient();
    const { projectId } = await client.project(project);
    const { answer, lines } = await fulfil(client, `/api/projects/${projectId}/sharing`, wish);
    for (const line of values.json ? [JSON.stringify(answer)] : lines) process.stdout.write(`${line}\n`);
    return 0;
  },
};

function wishFrom(
  [verb, first, second, ...more]: string[],
  { days, uses }: { readonly days?: string | undefined; readonly uses?: string | undefined },
): Wish {
  const wrong = () => new UsageFault(`usage: ${command.usage}`);
  if (verb !== "link" && (days !== undefined || uses !== undefined))
    throw new UsageFault("--days and --uses are for a link");
  if (more.length > 0) throw wrong();
  switch (verb) {
    case undefined:
      return { kind: "list" };
    case "link": {
      if (first === undefined || second !== undefined) throw wrong();
      const request = LinkRequest.safeParse({
        role: first,
        ...(days === undefined ? {} : { days: Number(days) }),
        ...(uses === undefined ? {} : { uses: Number(uses) }),
      });
      if (!request.success) throw new UsageFault(request.error.issues[0]?.message ?? "wrong usage");
      return { kind: "link", request: request.data };
    }
    case "invite":
    case "role": {
      if (first === undefined || second === undefined) throw wrong();
      const role = GIVEN_ROLES.find((each) => each === second);
      if (!role) throw new UsageFault(`a role to give is one of ${GIVEN_ROLES.join(", ")}`);
      return { kind: verb, who: first, role };
    }
    case "remove":
    case "revoke":
      if (first === undefined || second !== undefined) throw wrong();
      return { kind: verb, who: first };
    default:
      throw wrong();
  }
}

async function fulfil(client: Client, at: string, wish: Wish): Promise<{ answer: object; lines: string[] }> {
  switch (wish.kind) {
    case "list": {
      const answer = await client.json(Sharing, "GET", at);
      return { answer, lines: linesOf(answer) };
    }
    case "link": {
      const answer = await client.json(MadeLink, "POST", `${at}/links`, wish.request);
      return { answer, lines: [answer.url] };
    }
    case "invite": {
      const answer = await client.json(Invited, "POST", `${at}/people`, { to: wish.who, role: wish.role });
      const line =
        answer.kind === "member"
          ? `@${answer.handle} is in the project`
          : `${printable(answer.email)} comes in by signing in with this address; no message is sent`;
      return { answer, lines: [line] };
    }
    case "role": {
      const { userId, handle } = await find(client, at, wish.who);
      await client.request("PUT", `${at}/members/${userId}`, { role: wish.role });
      return { answer: {}, lines: [`@${handle} is ${wish.role} now`] };
    }
    case "remove": {
      const { userId, handle } = await find(client, at, wish.who);
      await client.request("DELETE", `${at}/members/${userId}`);
      return { answer: {}, lines: [`@${handle} is not in the project any more`] };
    }
    case "revoke": {
      const { invites } = await client.json(Sharing, "GET", at);
      // The list shows the first digits, and the address is a name, too.
      const found = (invites ?? []).filter(
        (invite) => invite.id.startsWith(wish.who) || (invite.kind === "email" && invite.email === wish.who),
      );
      const [invite] = found;
      if (!invite) throw new Fault("not_found", `no link or invitation "${wish.who}"; markco share PROJECT lists them`);
      if (found.length > 1) throw new Fault("invalid", `several links begin with "${wish.who}"; write more of the id`);
      await client.request("DELETE", `${at}/invites/${invite.id}`);
      return { answer: {}, lines: [`${nameOf(invite)} is revoked`] };
    }
  }
}

/** A member by handle. Throws Fault("not_found"). */
async function find(client: Client, at: string, who: string): Promise<Member> {
  const { members } = await client.json(Sharing, "GET", at);
  const member = members.find(({ handle }) => handle === who.replace(/^@/, "").toLowerCase());
  if (!member) throw new Fault("not_found", `"${who}" is no member of the project`);
  return member;
}

type ListedInvite = NonNullable<Sharing["invites"]>[number];

const nameOf = (invite: ListedInvite): string =>
  invite.kind === "link" ? `link ${invite.id.slice(0, 8)}` : printable(invite.email);

function linesOf({ members, invites }: Sharing): string[] {
  return [
    ...members.map(({ handle, name, role }) => `@${handle}  ${role}  ${printable(name)}`),
    ...(invites ?? []).map((invite) =>
      [
        nameOf(invite),
        invite.role,
        ...(invite.kind === "link"
          ? [`${invite.uses} of ${invite.maxUses ?? "any number of"} uses`]
          : ["has not signed in"]),
        invite.state === "open" ? `until ${invite.expires.slice(0, 16).replace("T", " ")} UTC` : invite.state,
      ].join("  "),
    ),
  ];
}
