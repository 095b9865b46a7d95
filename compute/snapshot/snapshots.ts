/** Snapshots: a runtime's state, kept under a name until somebody deletes it. The archive lies on the base server. */
import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Actor } from "../../shared/daemon/actor.ts";
import type { SnapshotList, SnapshotRequest, SnapshotState } from "../../shared/daemon/contract.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import type { HostAgent } from "../agent/host-agent.ts";
import type { Journal } from "../journal/journal.ts";
import type { Project } from "../projects/projects.ts";
import { whyItDoesNotFit } from "../runtime/fit.ts";
import type { Take } from "./take.ts";

const Row = z.object({
  id: z.uuid(),
  project_id: z.uuid(),
  name: z.string(),
  made_by: z.uuid(),
  shared: z.number(),
  tier: z.string(),
  /** Null until it is kept. */
  bytes: z.number().nullable(),
  created_ms: z.number(),
});
type Row = z.infer<typeof Row>;

export interface SnapshotsWorld {
  readonly journal: Journal;
  readonly base: HostAgent;
  readonly quotaBytes: number;
  readonly take: (input: Take) => Promise<void>;
  /** Lets the project's own runtime go on from an archive. Throws Fault; then it is as it was. */
  readonly restore: (project: Project, archiveId: string) => Promise<void>;
  /** The project's own runtime, which runs when this resolves. Throws Fault. */
  readonly original: (project: Project) => Promise<{ readonly runtimeId: string; readonly tier: string }>;
  readonly kept: (projectId: string, snapshot: SnapshotState) => void;
  readonly gone: (projectId: string, snapshotId: string) => void;
}

export class Snapshots {
  readonly #world: SnapshotsWorld;

  constructor(world: SnapshotsWorld) {
    this.#world = world;
  }

  /** Those that the actor may see, newest first. */
  async list(project: Project, actor: Actor): Promise<SnapshotList> {
    const rows = this.#rows(project.id).filter((row) => row.bytes !== null);
    const snapshots = await Promise.all(rows.filter((row) => maySee(row, actor)).map((row) => this.#stateOf(row)));
    return { snapshots, usedBytes: this.#used(project.id), quotaBytes: this.#world.quotaBytes };
  }

  /**
   * Keeps the state that the project's runtime has now; it goes on. Asked again with its id, it is one. Throws Fault("conflict")
   * if the actor has one of that name, Fault("limit") if there is no room for one more.
   */
  async take(
    project: Project,
    actor: Actor,
    { name, snapshotId = randomUUID() }: z.infer<typeof SnapshotRequest>,
  ): Promise<SnapshotState> {
    const known = this.#row(snapshotId);
    if (known?.project_id === project.id && known.bytes !== null) return this.#stateOf(known);
    const { journal, quotaBytes, take, original } = this.#world;
    if (
      this.#rows(project.id).some((row) => row.name === name && row.made_by === actor.userId && row.id !== snapshotId)
    )
      throw new Fault("conflict", `you have a snapshot "${name}" already; delete it or choose another name`);
    if (this.#used(project.id) >= quotaBytes) {
      throw new Fault("limit", `this project's snapshots use all of their ${mib(quotaBytes)} MiB; delete one first`);
    }
    const { runtimeId, tier } = await original(project);
    journal.run(
      "insert or ignore into snapshots (id, project_id, name, made_by, shared, tier, created_ms) values (?, ?, ?, ?, 0, ?, ?)",
      snapshotId,
      project.id,
      name,
      actor.userId,
      tier,
      Date.now(),
    );
    await take({ snapshotId, runtimeId });
    return this.#stateOf(this.#found(project, actor, snapshotId));
  }

  /** Called by the operation that takes it. */
  async keep(snapshotId: string, bytes: number): Promise<void> {
    const row = this.#row(snapshotId);
    if (!row) return;
    const used = this.#used(row.project_id);
    const { journal, quotaBytes, kept } = this.#world;
    if (used + bytes > quotaBytes) {
      throw new Fault(
        "limit",
        `it would need ${mib(bytes)} MiB, and this project's snapshots may use ${mib(quotaBytes)} MiB in all, of which ` +
          `${mib(used)} are used`,
      );
    }
    journal.run("update snapshots set bytes = ? where id = ?", bytes, snapshotId);
    kept(row.project_id, await this.#stateOf({ ...row, bytes }));
  }

  /** Called by the operation that could not take it. */
  forget(snapshotId: string): void {
    this.#world.journal.run("delete from snapshots where id = ? and bytes is null", snapshotId);
  }

  /** After a start of the daemon: forgets those that the operations which were taken up do not take any more. */
  async recover(resumed: Promise<void>): Promise<void> {
    const half = this.#world.journal.rows("select id from snapshots where bytes is null");
    await resumed;
    for (const { id } of half) this.forget(String(id));
  }

  /** The project's runtime goes on from it. Throws Fault if it can't; then the runtime is as it was. */
  async restore(project: Project, actor: Actor, snapshotId: string): Promise<void> {
    const row = this.#found(project, actor, snapshotId);
    const { problem } = await this.#stateOf(row);
    if (problem !== null) throw new Fault("conflict", `"${row.name}" can't be restored any more: ${problem}`);
    await this.#world.restore(project, snapshotId);
  }

  async share(project: Project, actor: Actor, snapshotId: string, shared: boolean): Promise<SnapshotState> {
    this.#own(project, actor, snapshotId);
    this.#world.journal.run("update snapshots set shared = ? where id = ?", shared ? 1 : 0, snapshotId);
    const state = await this.#stateOf(this.#found(project, actor, snapshotId));
    this.#world.kept(project.id, state);
    return state;
  }

  async delete(project: Project, actor: Actor, snapshotId: string): Promise<void> {
    this.#own(project, actor, snapshotId);
    await this.#world.base.dropArchive(snapshotId);
    this.#world.journal.run("delete from snapshots where id = ?", snapshotId);
    this.#world.gone(project.id, snapshotId);
  }

  #own(project: Project, actor: Actor, snapshotId: string): void {
    const { made_by } = this.#found(project, actor, snapshotId);
    if (made_by !== actor.userId && actor.role !== "owner")
      throw new Fault("forbidden", "only who made a snapshot, and the project's owner, may do this");
  }

  /** Throws Fault("not_found"), also if the actor may not see it. */
  #found(project: Project, actor: Actor, snapshotId: string): Row {
    const row = this.#row(snapshotId);
    if (row?.project_id !== project.id || row.bytes === null || !maySee(row, actor))
      throw new Fault("not_found", "no such snapshot");
    return row;
  }

  #row(snapshotId: string): Row | null {
    const found = this.#world.journal.row("select * from snapshots where id = ?", snapshotId);
    return found ? Row.parse(found) : null;
  }

  #rows(projectId: string): Row[] {
    return this.#world.journal
      .rows("select * from snapshots where project_id = ? order by created_ms desc", projectId)
      .map((row) => Row.parse(row));
  }

  #used(projectId: string): number {
    return this.#rows(projectId).reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  }

  async #stateOf({ id, name, bytes, tier, created_ms, made_by, shared }: Row): Promise<SnapshotState> {
    const [frozenOn, here] = await Promise.all([this.#world.base.archive(id), this.#world.base.facts()]);
    return {
      id,
      name,
      bytes: bytes ?? 0,
      tier,
      created: new Date(created_ms).toISOString(),
      madeBy: made_by,
      shared: shared === 1,
      problem: frozenOn ? whyItDoesNotFit(frozenOn, here, false) : "its archive is gone",
    };
  }
}

const maySee = (row: Row, actor: Actor) => row.shared === 1 || row.made_by === actor.userId || actor.role === "owner";

const mib = (bytes: number) => Math.ceil(bytes / 1024 / 1024);
