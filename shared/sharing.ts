/** Who may enter a project, and what browsers and command lines say to the edge to change that. */
import * as z from "zod";
import { Handle } from "./daemon/actor.ts";
import { GIVEN_ROLES, ROLES } from "./roles.ts";

export const MAX_LINK_DAYS = 365;
export const MAX_LINK_USES = 10_000;
/** Links and e-mail addresses together that can let somebody in. */
export const MAX_OPEN_INVITES = 100;

const GivenRole = z.enum(GIVEN_ROLES, `a role to give is one of ${GIVEN_ROLES.join(", ")}`);

/** POST …/sharing/links. */
export const LinkRequest = z.object({
  role: GivenRole,
  days: z
    .int("a link is good for whole days")
    .min(1, "a link is good for at least one day")
    .max(MAX_LINK_DAYS, `a link is good for at most ${MAX_LINK_DAYS} days`)
    .default(7),
  /** How many people it lets in; null for as many as have it. */
  uses: z
    .int("a link is used a whole number of times")
    .min(1, "a link is used at least once")
    .max(MAX_LINK_USES, `a link is used at most ${MAX_LINK_USES} times`)
    .nullable()
    .default(null),
});
export type LinkRequest = z.input<typeof LinkRequest>;

/** Somebody by what others know of them. */
export type Invitee = { readonly handle: string } | { readonly email: string };

const Recipient = z.string().transform((text, context): Invitee => {
  const who = text.trim().toLowerCase();
  const handle = Handle.safeParse(who.replace(/^@/, ""));
  if (handle.success) return { handle: handle.data };
  const email = z.email().max(320).safeParse(who);
  if (email.success) return { email: email.data };
  context.addIssue({ code: "custom", message: "name a person by their handle or e-mail address" });
  return z.NEVER;
});

/** POST …/sharing/people. */
export const InviteRequest = z.object({ to: Recipient, role: GivenRole });

/** PUT …/sharing/members/:user. */
export const RoleRequest = z.object({ role: GivenRole });

export const Member = z.object({ userId: z.uuid(), handle: Handle, name: z.string(), role: z.enum(ROLES) });
export type Member = z.infer<typeof Member>;

const invite = {
  id: z.uuid(),
  role: z.enum(GIVEN_ROLES),
  /** Handle of who made it. */
  madeBy: z.string(),
  created: z.iso.datetime(),
  expires: z.iso.datetime(),
};

/** A link, or an e-mail address whose owner gets the role when they sign in. */
export const Invite = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("link"),
    ...invite,
    /** How many people it has let in, and how many it may; null for as many as have it. */
    uses: z.int(),
    maxUses: z.int().nullable(),
    state: z.enum(["open", "used up", "expired"]),
  }),
  z.object({ kind: z.literal("email"), ...invite, email: z.string(), state: z.enum(["open", "expired"]) }),
]);
export type Invite = z.infer<typeof Invite>;

/** GET …/sharing. */
export const Sharing = z.object({
  /** The owner first. */
  members: z.array(Member),
  /** Null for those who may not share. */
  invites: z.array(Invite).nullable(),
});
export type Sharing = z.infer<typeof Sharing>;

/** The one time that a link's address is told: only its hash is kept. */
export const MadeLink = z.object({ id: z.uuid(), url: z.url(), expires: z.iso.datetime() });
export type MadeLink = z.infer<typeof MadeLink>;

/** What an invitation came to: somebody is in, or will be once they sign in with the address. */
export const Invited = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("member"), handle: z.string() }),
  z.object({ kind: z.literal("email"), email: z.string(), expires: z.iso.datetime() }),
]);
export type Invited = z.infer<typeof Invited>;
