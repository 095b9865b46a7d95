/** What the platform knows about people and their projects. Times are UTC; ids are made by whoever makes the row. */
import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  bigint,
  boolean,
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import type { RuntimeState, SiteState } from "../../shared/daemon/contract.ts";
import { ROLES } from "../../shared/roles.ts";

const moment = (column: string) => timestamp(column, { withTimezone: true });
const created = moment("created_at").notNull().defaultNow();
const updated = moment("updated_at").notNull().defaultNow();

/** What goes when the project, or the person, goes. */
const ofProject = () => uuid("project_id").references((): AnyPgColumn => projects.id, { onDelete: "cascade" });
const ofUser = (column: string) => uuid(column).references((): AnyPgColumn => users.id, { onDelete: "cascade" });

export const role = pgEnum("role", ROLES);

export const users = pgTable(
  "users",
  {
    id: uuid("id").primaryKey(),
    handle: text("handle").notNull().unique(),
    name: text("name").notNull(),
    email: text("email"),
    /** Issuer and subject of the provider that vouches for the person. */
    issuer: text("issuer").notNull(),
    subject: text("subject").notNull(),
    created,
  },
  (table) => [
    uniqueIndex("users_identity").on(table.issuer, table.subject),
    index("users_by_email").on(sql`lower(${table.email})`),
  ],
);

/** A browser's sign-in or a command line's token. Only the hash is kept: who reads the table can't sign in with it. */
export const sessions = pgTable(
  "sessions",
  {
    tokenHash: text("token_hash").primaryKey(),
    userId: ofUser("user_id").notNull(),
    kind: text("kind", { enum: ["browser", "token"] }).notNull(),
    expires: moment("expires_at").notNull(),
    created,
  },
  (table) => [index("sessions_by_user").on(table.userId)],
);

/** Lets a browser in at the origin of a project's web app (proxy/passes.ts), for as long as the session that it was made in. */
export const appPasses = pgTable("app_passes", {
  tokenHash: text("token_hash").primaryKey(),
  sessionHash: text("session_hash")
    .notNull()
    .references(() => sessions.tokenHash, { onDelete: "cascade" }),
  projectId: ofProject().notNull(),
  port: integer("port").notNull(),
  kind: text("kind", { enum: ["ticket", "pass"] }).notNull(),
  expires: moment("expires_at").notNull(),
});

/** A command line that waits to be let in (RFC 8628). */
export const deviceCodes = pgTable("device_codes", {
  deviceHash: text("device_hash").primaryKey(),
  userCode: text("user_code").notNull().unique(),
  /** Null until a person has approved. */
  userId: ofUser("user_id"),
  expires: moment("expires_at").notNull(),
});

export const projects = pgTable(
  "projects",
  {
    id: uuid("id").primaryKey(),
    ownerId: ofUser("owner_id").notNull(),
    slug: text("slug").notNull(),
    /** `importing` until its files are all there; nobody sees it before. */
    state: text("state", { enum: ["importing", "ready"] }).notNull(),
    importId: uuid("import_id"),
    created,
  },
  (table) => [uniqueIndex("projects_by_name").on(table.ownerId, table.slug)],
);

export const members = pgTable(
  "members",
  {
    projectId: ofProject().notNull(),
    userId: ofUser("user_id").notNull(),
    role: role("role").notNull(),
    created,
  },
  (table) => [primaryKey({ columns: [table.projectId, table.userId] }), index("members_by_user").on(table.userId)],
);

/** Ways in for people who are no members yet: a link, or an e-mail address. Of a link's token only the hash is kept. */
export const invites = pgTable(
  "invites",
  {
    id: uuid("id").primaryKey(),
    projectId: ofProject().notNull(),
    role: role("role").notNull(),
    /** Null for an e-mail address. */
    tokenHash: text("token_hash").unique(),
    /** In lower case; null for a link. */
    email: text("email"),
    uses: integer("uses").notNull().default(0),
    /** Null for any number. */
    maxUses: integer("max_uses"),
    /** It ends when this person may share no more. */
    madeBy: ofUser("made_by").notNull(),
    expires: moment("expires_at").notNull(),
    revoked: moment("revoked_at"),
    created,
  },
  (table) => [
    uniqueIndex("invites_by_email").on(table.projectId, table.email),
    index("invites_of_email").on(table.email),
    check("invites_kind", sql`(${table.tokenHash} is null) <> (${table.email} is null)`),
  ],
);

/** People who were removed from a project: a link that they may still have, made before that, does not let them back in. */
export const removals = pgTable(
  "removals",
  {
    projectId: ofProject().notNull(),
    userId: ofUser("user_id").notNull(),
    removed: moment("removed_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.userId] })],
);

/** The newest state of a project's site that the daemon has told. */
export const sites = pgTable("sites", {
  projectId: ofProject().primaryKey(),
  state: jsonb("state").$type<SiteState>().notNull(),
  updated,
});

export const runtimes = pgTable("runtimes", {
  projectId: ofProject().primaryKey(),
  state: jsonb("state").$type<RuntimeState>().notNull(),
  updated,
});

/** States of runtimes that are kept under a name. Two people may use the same name: each sees their own. */
export const snapshots = pgTable(
  "snapshots",
  {
    id: uuid("id").primaryKey(),
    projectId: ofProject().notNull(),
    name: text("name").notNull(),
    bytes: bigint("bytes", { mode: "number" }).notNull(),
    tier: text("tier").notNull(),
    /** A snapshot outlives its author's account: the project has the use of it. */
    madeBy: uuid("made_by").notNull(),
    shared: boolean("shared").notNull(),
    /** Why it can't be restored any more. */
    problem: text("problem"),
    created,
  },
  (table) => [index("snapshots_by_project").on(table.projectId, table.created)],
);

/** Moves of runtimes between hosts. */
export const migrations = pgTable(
  "migrations",
  {
    id: uuid("id").primaryKey(),
    projectId: ofProject().notNull(),
    fromTier: text("from_tier").notNull(),
    toTier: text("to_tier").notNull(),
    state: text("state", { enum: ["running", "done", "failed"] }).notNull(),
    /** What it is busy with now, or was last. */
    phase: text("phase").notNull(),
    provisionMs: integer("provision_ms"),
    checkpointMs: integer("checkpoint_ms"),
    transferMs: integer("transfer_ms"),
    restoreMs: integer("restore_ms"),
    reason: text("reason"),
    created,
    updated,
  },
  (table) => [index("migrations_by_project").on(table.projectId)],
);

/** What the platform saw of runtimes and did about it: tight memory, idleness, hints in code. */
export const signals = pgTable(
  "signals",
  {
    id: uuid("id").primaryKey(),
    projectId: ofProject().notNull(),
    name: text("name").notNull(),
    detail: text("detail").notNull(),
    at: moment("at").notNull(),
  },
  (table) => [index("signals_by_project").on(table.projectId, table.at)],
);

/** For how long which machine ran for whom. A project may go; what it cost stays. */
export const usage = pgTable(
  "usage",
  {
    id: uuid("id").primaryKey(),
    userId: ofUser("user_id").notNull(),
    project: text("project").notNull(),
    tier: text("tier").notNull(),
    dollarsPerHour: doublePrecision("dollars_per_hour").notNull(),
    from: moment("from_at").notNull(),
    to: moment("to_at"),
  },
  (table) => [index("usage_by_user").on(table.userId, table.from)],
);

/** Nonces of signed events: a request that is sent a second time does not count. */
export const seen = pgTable("seen", {
  key: text("key").primaryKey(),
  at: moment("at").notNull().default(sql`now()`),
});
