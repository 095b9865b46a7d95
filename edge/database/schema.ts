/** What the platform knows about people and their projects. Times are UTC; ids are made by whoever makes the row. */
import { sql } from "drizzle-orm";
import {
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

const created = timestamp("created_at", { withTimezone: true }).notNull().defaultNow();

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
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    kind: text("kind", { enum: ["browser", "token"] }).notNull(),
    expires: timestamp("expires_at", { withTimezone: true }).notNull(),
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
  projectId: uuid("project_id")
    .notNull()
    .references(() => projects.id, { onDelete: "cascade" }),
  port: integer("port").notNull(),
  kind: text("kind", { enum: ["ticket", "pass"] }).notNull(),
  expires: timestamp("expires_at", { withTimezone: true }).notNull(),
});

/** A command line that waits to be let in (RFC 8628). */
export const deviceCodes = pgTable("device_codes", {
  deviceHash: text("device_hash").primaryKey(),
  userCode: text("user_code").notNull().unique(),
  /** Null until a person has approved. */
  userId: uuid("user_id").references(() => users.id, { onDelete: "cascade" }),
  expires: timestamp("expires_at", { withTimezone: true }).notNull(),
});

export const projects = pgTable(
  "projects",
  {
    id: uuid("id").primaryKey(),
    ownerId: uuid("owner_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
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
    projectId: uuid("project_id")
      .notNull()
      .references(() => projects.id, { onDelete: "cascade" }),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
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
    projectId: uuid("project_id")
      .notNull()
      .references(() => projects.id, { onDelete: "cascade" }),
    role: role("role").notNull(),
    /** Null for an e-mail address. */
    tokenHash: text("token_hash").unique(),
    /** In lower case; null for a link. */
    email: text("email"),
    uses: integer("uses").notNull().default(0),
    /** Null for any number. */
    maxUses: integer("max_uses"),
    /** It ends when this person may share no more. */
    madeBy: uuid("made_by")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    expires: timestamp("expires_at", { withTimezone: true }).notNull(),
    revoked: timestamp("revoked_at", { withTimezone: true }),
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
    projectId: uuid("project_id")
      .notNull()
      .references(() => projects.id, { onDelete: "cascade" }),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    removed: timestamp("removed_at", { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.userId] })],
);

/** The newest state of a project's site that the daemon has told. */
export const sites = pgTable("sites", {
  projectId: uuid("project_id")
    .primaryKey()
    .references(() => projects.id, { onDelete: "cascade" }),
  state: jsonb("state").$type<SiteState>().notNull(),
  updated: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
});

export const runtimes = pgTable("runtimes", {
  projectId: uuid("project_id")
    .primaryKey()
    .references(() => projects.id, { onDelete: "cascade" }),
  state: jsonb("state").$type<RuntimeState>().notNull(),
  updated: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
});

/** States of runtimes that are kept under a name. Two people may use the same name: each sees their own. */
export const snapshots = pgTable(
  "snapshots",
  {
    id: uuid("id").primaryKey(),
    projectId: uuid("project_id")
      .notNull()
      .references(() => projects.id, { onDelete: "cascade" }),
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
    projectId: uuid("project_id")
      .notNull()
      .references(() => projects.id, { onDelete: "cascade" }),
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
    updated: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [index("migrations_by_project").on(table.projectId)],
);

/** What the platform saw of runtimes and did about it: tight memory, idleness, hints in code. */
export const signals = pgTable(
  "signals",
  {
    id: uuid("id").primaryKey(),
    projectId: uuid("project_id")
      .notNull()
      .references(() => projects.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    detail: text("detail").notNull(),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [index("signals_by_project").on(table.projectId, table.at)],
);

/** For how long which machine ran for whom. A project may go; what it cost stays. */
export const usage = pgTable(
  "usage",
  {
    id: uuid("id").primaryKey(),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    project: text("project").notNull(),
    tier: text("tier").notNull(),
    dollarsPerHour: doublePrecision("dollars_per_hour").notNull(),
    from: timestamp("from_at", { withTimezone: true }).notNull(),
    to: timestamp("to_at", { withTimezone: true }),
  },
  (table) => [index("usage_by_user").on(table.userId, table.from)],
);

/** Nonces of signed events: a request that is sent a second time does not count. */
export const seen = pgTable("seen", {
  key: text("key").primaryKey(),
  at: timestamp("at", { withTimezone: true }).notNull().default(sql`now()`),
});
