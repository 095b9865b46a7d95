/** The projects that the daemon keeps: whose they are, where they lie, and how their site stands. */
import { lstat, stat } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { type Config, type ConfigResult, parseConfig } from "../../shared/config/config.ts";
import { type Owner, SiteState, Slug } from "../../shared/daemon/contract.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import { MAX_FILE_BYTES } from "../../shared/daemon/limits.ts";
import { problemOfPath } from "../../shared/fsml/path.ts";
import type { Caller } from "../api/router.ts";
import type { Journal } from "../journal/journal.ts";
import { type Folders, listFiles, readInside } from "./folders.ts";

export interface Project {
  readonly id: string;
  readonly owner: z.infer<typeof Owner>;
  readonly slug: string;
  readonly site: SiteState;
}

const Row = z.object({
  id: z.string(),
  owner_id: z.string(),
  owner_handle: z.string(),
  slug: Slug,
  site: z.string(),
});

export const UNPUBLISHED: SiteState = {
  published: false,
  title: null,
  url: null,
  visibility: null,
  version: 0,
  publishedAt: null,
  pages: 0,
  problem: null,
  unreachable: [],
};

export class Projects {
  readonly #journal: Journal;
  readonly #folders: Folders;

  constructor(journal: Journal, folders: Folders) {
    this.#journal = journal;
    this.#folders = folders;
  }

  /** Throws Fault("conflict") if the owner has another project of that name. The same one again is fine. */
  record(project: Omit<Project, "site">): void {
    const holder = this.#journal.row(
      "select id from projects where owner_id = ? and slug = ?",
      project.owner.userId,
      project.slug,
    );
    if (holder && holder.id !== project.id) throw new Fault("conflict", `there is a project "${project.slug}" already`);
    this.#journal.run(
      "insert or ignore into projects (id, owner_id, owner_handle, slug, site, created_ms) values (?, ?, ?, ?, ?, ?)",
      project.id,
      project.owner.userId,
      project.owner.handle,
      project.slug,
      JSON.stringify(UNPUBLISHED),
      Date.now(),
    );
  }

  forget(projectId: string): void {
    this.#journal.run("delete from projects where id = ?", projectId);
  }

  /** Throws Fault("not_found"). */
  get(projectId: string): Project {
    const found = this.#journal.row("select * from projects where id = ?", projectId);
    if (!found) throw new Fault("not_found", "no such project");
    return projectOf(found);
  }

  all(): Project[] {
    return this.#journal.rows("select * from projects").map(projectOf);
  }

  /** The project, if `caller` may touch it: the edge has checked the person; an editor container sees its owner's alone. */
  getFor(caller: Caller, projectId: string): Project {
    const project = this.get(projectId);
    if (caller.kind === "editor" && caller.ownerId !== project.owner.userId)
      throw new Fault("not_found", "no such project");
    return project;
  }

  setSite(projectId: string, site: SiteState): void {
    this.#journal.run("update projects set site = ? where id = ?", JSON.stringify(site), projectId);
  }

  root(project: Project): string {
    return this.#folders.project(project.owner.userId, project.id);
  }

  /** Where a sandbox of the project has its copy of the files. */
  sandboxRoot(project: Project, sandboxId: string): string {
    return this.#folders.sandbox(project.owner.userId, sandboxId);
  }

  async files(project: Project): Promise<{ path: string; bytes: number }[]> {
    const root = this.root(project);
    const sized = await Promise.all(
      (await listFiles(root)).map(async (path) => {
        const info = await stat(join(root, path)).catch(() => null);
        return info ? { path, bytes: info.size } : null;
      }),
    );
    return sized.filter((file) => file !== null);
  }

  /** Bytes of files of the project, together; what is no file of it counts nothing. */
  async sizeOf(project: Project, paths: readonly string[]): Promise<number> {
    const sizes = paths.map(async (path) => {
      if (problemOfPath(path) !== null) return 0;
      return (await lstat(join(this.root(project), path)).catch(() => null))?.size ?? 0;
    });
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }

  /** Throws Fault("invalid") for a path that can't be, Fault("not_found"), Fault("too_large"). */
  read(project: Project, path: string): Promise<Buffer<ArrayBuffer>> {
    return readInside(this.root(project), path, MAX_FILE_BYTES);
  }

  async configuration(project: Project): Promise<ConfigResult> {
    const source = await this.read(project, "mrmd.md").catch((error: unknown) => {
      if (error instanceof Fault && error.code === "not_found") return null;
      throw error;
    });
    if (source === null)
      return { problems: [{ file: "mrmd.md", line: 1, message: "missing: it marks the root of a project" }] };
    return parseConfig(source.toString("utf8"));
  }

  /** The configuration, or what can be assumed without one: a typing error in it must not keep cells from running. */
  async configurationOrDefaults(project: Project): Promise<Config> {
    const result = await this.configuration(project);
    return "config" in result ? result.config : {};
  }
}

function projectOf(found: Record<string, unknown>): Project {
  const row = Row.parse(found);
  return {
    id: row.id,
    owner: { userId: row.owner_id, handle: row.owner_handle },
    slug: row.slug,
    site: SiteState.parse(JSON.parse(row.site)),
  };
}
