/**
 * The daemon's journal: one SQLite file that records what should exist and what is being done about it.
 * WAL with synchronous=FULL: a committed transaction survives a power cut, which is what "journaled before it acts" needs.
 */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";

/** Each entry moves the schema one version on. Entries are never edited once they have shipped. */
const MIGRATIONS = [
  `
  create table nonces (nonce text primary key, seen_ms integer not null) without rowid;
  create index nonces_by_time on nonces (seen_ms);

  create table projects (
    id text primary key,
    owner_id text not null,
    owner_handle text not null,
    slug text not null,
    site text not null,              -- SiteState as JSON
    created_ms integer not null,
    unique (owner_id, slug)
  ) without rowid;

  create table imports (
    id text primary key,
    request text not null,           -- ImportRequest as JSON
    created_ms integer not null
  ) without rowid;

  create table editors (owner_id text primary key, wanted integer not null) without rowid;

  create table runtimes (
    id text primary key,
    project_id text not null unique,
    epoch integer not null,          -- raised by every start, wake and move; an older one is refused
    state text not null,
    reason text,
    log_offset integer not null      -- bytes of the container's log that are in the events table
  ) without rowid;

  create table executions (
    id text primary key,
    runtime_id text not null,
    epoch integer not null,
    session text not null,
    request text not null,           -- the line for the supervisor, as JSON, resent until acknowledged
    acknowledged integer not null,
    status text not null,
    current_seq integer not null,
    input_request text,
    created_ms integer not null
  ) without rowid;
  create index executions_open on executions (runtime_id) where status in ('queued', 'working', 'input_required');

  create table events (
    execution_id text not null,
    seq integer not null,
    event text not null,
    data text not null,
    primary key (execution_id, seq)
  ) without rowid;

  create table operations (
    id text primary key,
    kind text not null,
    subject text not null,
    input text not null,
    step integer not null,           -- the step to act next, or to undo next
    data text not null,              -- what earlier steps found out, as JSON
    state text not null,             -- running | undoing | done | failed
    error text,
    created_ms integer not null
  ) without rowid;
  create index operations_open on operations (created_ms) where state in ('running', 'undoing');

  create table outbox (number integer primary key autoincrement, event text not null);
  create table site_objects (site text not null, sha256 text not null, primary key (site, sha256)) without rowid;
  `,
  "create index executions_of_session on executions (runtime_id, session, created_ms);",
  `
  create table hosts (
    id text primary key,
    runtime_id text not null,        -- for which runtime it was launched
    tier text not null,
    state text not null,             -- launching | ready | leaving | gone
    instance_id text,
    fingerprint text,                -- of its certificate, once it has joined
    created_ms integer not null,
    ready_ms integer,
    gone_ms integer
  ) without rowid;

  alter table runtimes add column host_id text not null default 'base';
  alter table runtimes add column tier text not null default 'local';

  create table moves (
    id text primary key,
    runtime_id text not null,
    from_tier text not null,
    to_tier text not null,
    state text not null,             -- running | done | failed
    phase text not null,
    phases text not null,            -- milliseconds of each phase that has ended, as JSON
    error text,
    created_ms integer not null,
    ended_ms integer
  ) without rowid;
  create index moves_of_runtime on moves (runtime_id, created_ms);
  `,
  `
  alter table hosts add column held integer not null default 0;  -- kept ready although its runtime is elsewhere
  create table signals (             -- what the monitor saw and did
    runtime_id text not null,
    at_ms integer not null,
    name text not null,
    detail text not null
  );
  create index signals_of_runtime on signals (runtime_id, at_ms);
  `,
  `
  create table runtimes_and_sandboxes (
    id text primary key,
    project_id text not null,
    epoch integer not null,
    state text not null,
    reason text,
    log_offset integer not null,
    host_id text not null default 'base',
    tier text not null default 'local',
    is_sandbox integer not null default 0  -- a fork of the project's own
  ) without rowid;
  insert into runtimes_and_sandboxes select id, project_id, epoch, state, reason, log_offset, host_id, tier, 0 from runtimes;
  drop table runtimes;
  alter table runtimes_and_sandboxes rename to runtimes;
  create unique index runtime_of_project on runtimes (project_id) where not is_sandbox;

  create table sandboxes (
    id text primary key,             -- the runtime's
    project_id text not null,
    state text not null,             -- starting | running | failed | ended
    tier text not null,
    reason text,
    created_ms integer not null,
    expires_ms integer not null
  ) without rowid;
  create index sandboxes_of_project on sandboxes (project_id, created_ms);

  create table snapshots (
    id text primary key,             -- the archive's
    project_id text not null,
    name text not null,
    made_by text not null,
    shared integer not null,
    tier text not null,
    bytes integer,                   -- null until it is kept
    created_ms integer not null,
    unique (project_id, made_by, name)
  ) without rowid;
  `,
  `
  alter table runtimes add column since_ms integer not null default 0;  -- when it came into its state
  update runtimes set since_ms = unixepoch() * 1000;
  create table cold_archives (       -- objects in S3 that hold archives of runtimes that have slept for long
    name text primary key,
    runtime_id text not null,
    state text not null,             -- sending | cold | damaged | dropping
    upload text,                     -- S3's id of the upload that it is sent by
    bytes integer,                   -- of the archive itself, as its checksum
    sha256 text
  ) without rowid;
  create index cold_archives_of_runtime on cold_archives (runtime_id);
  `,
];

export class Journal {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();

  /** Opens or creates the journal at `path`, and brings its schema up to date. */
  constructor(path: string) {
    if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#database = new DatabaseSync(path);
    this.#database.exec(
      "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma busy_timeout = 5000",
    );
    const version = Number(this.#database.prepare("pragma user_version").get()?.user_version ?? 0);
    if (version > MIGRATIONS.length) {
      throw new Error(
        `the journal has schema ${version}, this program knows ${MIGRATIONS.length}: it was written by a newer markco`,
      );
    }
    MIGRATIONS.slice(version).forEach((migration, i) => {
      this.transaction(() => {
        this.#database.exec(migration);
        this.#database.exec(`pragma user_version = ${version + i + 1}`);
      });
    });
  }

  #prepare(sql: string) {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** Runs a statement; returns how many rows it changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).changes);
  }

  /** The first row, or null. Rows are parsed by the caller's schema: they outlive the program that wrote them. */
  row(sql: string, ...values: SQLInputValue[]): Record<string, unknown> | null {
    return this.#prepare(sql).get(...values) ?? null;
  }

  rows(sql: string, ...values: SQLInputValue[]): Record<string, unknown>[] {
    return this.#prepare(sql).all(...values);
  }

  /** All or nothing. Nested calls join the outer transaction. */
  transaction<T>(work: () => T): T {
    if (this.#database.isTransaction) return work();
    this.#database.exec("begin immediate");
    try {
      const result = work();
      this.#database.exec("commit");
      return result;
    } catch (error) {
      this.#database.exec("rollback");
      throw error;
    }
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }
}
