/**
 * Sandboxes: forks of a project's runtime, for an AI to try things. Each has all of the original's state and a copy of its files,
 * in a container of its own, with its own network and identity; it is destroyed, with all that it has written, when it is told
 * to end or its time is over.
 */
import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import * as z from "zod";
import {
  MAX_SANDBOXES,
  type SandboxChanges,
  type SandboxRequest,
  type SandboxState,
} from "../../shared/daemon/contract.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import type { Journal } from "../journal/journal.ts";
import type { Project } from "../projects/projects.ts";
import type { RuntimeRecords } from "../runtime/records.ts";
import { changesBetween } from "./changes.ts";
import type { Create } from "./create.ts";
import type { Destroy } from "./destroy.ts";

const Row = z.object({
  id: z.uuid(),
  project_id: z.uuid(),
  state: z.enum(["starting", "running", "failed", "ended"]),
  tier: z.string(),
  reason: z.string().nullable(),
  created_ms: z.number(),
  expires_ms: z.number(),
});
type Row = z.infer<typeof Row>;

export interface SandboxesWorld {
  readonly journal: Journal;
  readonly records: RuntimeRecords;
  readonly create: (input: Create) => Promise<void>;
  readonly destroy: (input: Destroy) => Promise<void>;
  readonly folderOf: (runtimeId: string) => string;
  /** The project's own runtime, which runs when this resolves. Throws Fault. */
  readonly original: (project: Project) => Promise<{ readonly runtimeId: string; readonly tier: string }>;
}

export class Sandboxes {
  readonly #world: SandboxesWorld;
  readonly #bell = new EventEmitter().setMaxListeners(0);

  constructor(world: SandboxesWorld) {
    this.#world = world;
  }

  /** Forks the project's runtime. Resolves when the fork can be used. Throws Fault. Asked again with its id, it is one. */
  async create(
    project: Project,
    { sandboxId = randomUUID(), minutes }: z.infer<typeof SandboxRequest>,
  ): Promise<SandboxState> {
    if (this.#row(sandboxId)) return this.get(project, sandboxId);
    const alive = this.ofProject(project).filter(({ state }) => state === "starting" || state === "running");
    if (alive.length >= MAX_SANDBOXES) {
      throw new Fault("limit", `a project has at most ${MAX_SANDBOXES} sandboxes at a time; end one first`);
    }
    const { runtimeId, tier } = await this.#world.original(project);
    const now = Date.now();
    this.#world.journal.run(
      "insert into sandboxes (id, project_id, state, tier, created_ms, expires_ms) values (?, ?, 'starting', ?, ?, ?)",
      sandboxId,
      project.id,
      tier,
      now,
      now + minutes * 60_000,
    );
    // Its memory may still be coming when it can be used.
    const usable = once(this.#bell, sandboxId);
    const created = this.#world.create({ sandboxId, runtimeId, projectId: project.id, tier });
    await Promise.race([created, usable]);
    created.catch((error: unknown) => console.error(`sandbox ${sandboxId}: ${error}`));
    return this.get(project, sandboxId);
  }

  /** What the operation that makes it has come to. */
  enter(sandboxId: string, state: Row["state"], reason: string | null = null): void {
    this.#world.journal.run("update sandboxes set state = ?, reason = ? where id = ?", state, reason, sandboxId);
    this.#bell.emit(sandboxId);
  }

  /** Throws Fault("not_found"). */
  get(project: Project, sandboxId: string): SandboxState {
    const row = this.#row(sandboxId);
    if (row?.project_id !== project.id) throw new Fault("not_found", "no such sandbox");
    return this.#stateOf(row);
  }

  /** Newest first. */
  ofProject(project: Project): SandboxState[] {
    return this.#world.journal
      .rows("select * from sandboxes where project_id = ? order by created_ms desc", project.id)
      .map((row) => this.#stateOf(Row.parse(row)));
  }

  /** Resolves when nothing of it is left. One that has ended is fine. Throws Fault("not_found"). */
  async end(project: Project, sandboxId: string, reason = "it was told to end"): Promise<void> {
    if (this.get(project, sandboxId).state === "ended") return;
    await this.#world.destroy({ sandboxId, reason });
  }

  /** How the files of a sandbox differ from those of the project now. */
  async changes(project: Project, sandboxId: string): Promise<SandboxChanges> {
    if (this.get(project, sandboxId).state !== "running") throw new Fault("conflict", "the sandbox does not run");
    const { folderOf, records } = this.#world;
    return changesBetween(folderOf(records.ofProject(project.id).id), folderOf(sandboxId));
  }

  /** After a start of the daemon: ends those that were being made, and that the operations which were taken up do not make. */
  async recover(resumed: Promise<void>): Promise<void> {
    const { journal, destroy } = this.#world;
    const half = journal.rows("select * from sandboxes where state = 'starting'").map((row) => Row.parse(row).id);
    await resumed;
    for (const sandboxId of half) {
      if (this.#row(sandboxId)?.state === "starting")
        await destroy({ sandboxId, reason: "the base server was restarted while it was made" });
    }
  }

  /** Ends those whose time is over, and forgets those that ended before `beforeMs`. */
  async sweep(nowMs: number, beforeMs: number): Promise<void> {
    const { journal, destroy } = this.#world;
    const over = journal.rows("select * from sandboxes where state <> 'ended' and expires_ms < ?", nowMs);
    for (const { id } of over.map((row) => Row.parse(row)))
      await destroy({ sandboxId: id, reason: "its time was over" });
    journal.run("delete from sandboxes where state = 'ended' and expires_ms < ?", beforeMs);
  }

  #row(sandboxId: string): Row | null {
    const found = this.#world.journal.row("select * from sandboxes where id = ?", sandboxId);
    return found ? Row.parse(found) : null;
  }

  #stateOf({ id, state, tier, reason, created_ms, expires_ms }: Row): SandboxState {
    // It may have failed by itself since it was made.
    const record = this.#world.records.find(id);
    const isLost = state === "running" && record?.state === "failed";
    return {
      id,
      state: isLost ? "failed" : state,
      tier,
      created: new Date(created_ms).toISOString(),
      expires: new Date(expires_ms).toISOString(),
      reason: isLost ? record.reason : reason,
    };
  }
}
