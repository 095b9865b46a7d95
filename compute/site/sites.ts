/**
 * Keeps published sites as their files are. A sync uploads what S3 does not have and then swaps the manifest, so a reader
 * sees the old site or the new one. Syncs of one project never overlap; changes that come meanwhile make one more.
 */
import * as z from "zod";
import type { SiteState } from "../../shared/daemon/contract.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import type { Manifest } from "../../shared/site/manifest.ts";
import type { Outbox } from "../events/outbox.ts";
import type { Journal } from "../journal/journal.ts";
import type { Operations } from "../journal/operations.ts";
import { type Project, type Projects, UNPUBLISHED } from "../projects/projects.ts";
import { claimDomain, releaseDomain } from "./domains.ts";
import { planSite, type SitePlan } from "./plan.ts";
import { hashOf, SiteMemory } from "./site-memory.ts";
import type { SiteStore } from "./store.ts";
import { succeed } from "./succession.ts";

/** A save often comes as several writes: wait for the last of them. */
const SETTLE_MS = 200;
const UPLOADS_AT_ONCE = 8;
/** A store that can't be reached is tried again until it can: what was saved is to be live. */
const RETRY_MS = 5_000;

const Input = z.object({ projectId: z.uuid() });

export class Sites {
  readonly #journal: Journal;
  readonly #projects: Projects;
  readonly #store: SiteStore;
  readonly #outbox: Outbox;
  readonly #sync: (input: z.infer<typeof Input>) => Promise<void>;
  readonly #settling = new Map<string, NodeJS.Timeout>();
  /** Of each published project: some kilobytes a page. */
  readonly #memories = new Map<string, SiteMemory>();
  #stopped = false;

  constructor(journal: Journal, operations: Operations, projects: Projects, store: SiteStore, outbox: Outbox) {
    this.#journal = journal;
    this.#projects = projects;
    this.#store = store;
    this.#outbox = outbox;
    this.#sync = operations.define({
      kind: "site-sync",
      input: Input,
      data: z.object({}),
      subject: ({ projectId }) => `site:${projectId}`,
      steps: [
        {
          // One step: its parts are idempotent, and what counts is the last one, which is atomic in S3.
          name: "upload and swap",
          act: async ({ projectId }) => {
            await this.#syncProject(projects.get(projectId));
            return undefined;
          },
        },
      ],
    });
  }

  /** Publishes soon. For saves: nobody waits. */
  changed(projectId: string, afterMs = SETTLE_MS): void {
    if (this.#stopped) return;
    clearTimeout(this.#settling.get(projectId));
    const timer = setTimeout(() => {
      this.#settling.delete(projectId);
      this.#sync({ projectId }).catch((error: unknown) => {
        console.error(`site of ${projectId}: ${error}`);
        // What was saved meanwhile is not kept waiting for this.
        if (!this.#settling.has(projectId)) this.changed(projectId, RETRY_MS);
      });
    }, afterMs);
    this.#settling.set(projectId, timer);
  }

  /** Publishes now. Throws Fault("invalid") with file and line if the configuration does not allow it. */
  async publish(project: Project): Promise<SiteState> {
    await this.#sync({ projectId: project.id });
    const { site } = this.#projects.get(project.id);
    if (site.problem !== null) throw new Fault("invalid", site.problem);
    if (!site.published) {
      throw new Fault(
        "invalid",
        `mrmd.md has no publish: block; add one with url: "@${project.owner.handle}/${project.slug}"`,
      );
    }
    return site;
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#settling.values()) clearTimeout(timer);
  }

  async #syncProject(project: Project): Promise<void> {
    const plan = await planSite(this.#projects, project, this.#memoryOf(project.id));
    if (plan.kind === "problem") return this.#say(project, { ...project.site, problem: plan.problem });
    const live = project.site.url === null ? null : addressOf(project.site.url);
    const moved =
      live && (plan.kind === "unpublished" || live.user !== plan.manifest.user || live.name !== plan.manifest.name);
    if (live && moved) await this.#withdraw(project, live.user, live.name);
    if (plan.kind === "unpublished") {
      this.#memories.delete(project.id);
      return this.#say(project, UNPUBLISHED);
    }
    await this.#swap(project, plan);
  }

  #memoryOf(projectId: string): SiteMemory {
    const memory = this.#memories.get(projectId) ?? new SiteMemory();
    this.#memories.set(projectId, memory);
    return memory;
  }

  async #swap(project: Project, plan: Extract<SitePlan, { kind: "published" }>): Promise<void> {
    const { user, name } = plan.manifest;
    await this.#upload(project, plan);
    for (;;) {
      const previous = await this.#store.manifest(user, name);
      if (previous && previous.manifest.projectId !== project.id) {
        const problem = `mrmd.md: publish.url: @${user}/${name} belongs to another of your projects`;
        return this.#say(project, { ...project.site, problem });
      }
      const { domain } = plan.manifest;
      if (domain !== null && !(await claimDomain(this.#store, domain, plan.manifest))) {
        const problem = `mrmd.md: publish.domain: ${domain} shows another site`;
        return this.#say(project, { ...project.site, problem });
      }
      const next = await succeed(
        previous?.manifest ?? null,
        plan.manifest,
        new Date(),
        async (sha256) => (await this.#store.object(user, name, sha256))?.toString("utf8") ?? null,
        async (sha256) => (await this.#content(project, plan, sha256)).toString("utf8"),
      );
      const live = next ?? previous?.manifest;
      if (next === null) return live && this.#say(project, stateOf(live, plan));
      if (!(await this.#store.putManifest(next, previous))) continue;
      const left = previous?.manifest.domain ?? null;
      if (left !== null && left !== domain) await releaseDomain(this.#store, left, project.id);
      return this.#say(project, stateOf(next, plan));
    }
  }

  /** Throws Fault("conflict") if the file was written to since the plan was made: the save that did it asks for a sync of its own. */
  async #content(
    project: Project,
    { contents }: Extract<SitePlan, { kind: "published" }>,
    sha256: string,
  ): Promise<Buffer<ArrayBuffer>> {
    const source = contents.get(sha256) ?? "";
    if (typeof source !== "string") return source;
    const content = await this.#projects.read(project, source);
    if (hashOf(content) !== sha256) throw new Fault("conflict", `${source} changed while it was being published`);
    return content;
  }

  async #upload(project: Project, plan: Extract<SitePlan, { kind: "published" }>): Promise<void> {
    const { user, name } = plan.manifest;
    const site = `${user}/${name}`;
    const known = new Set(
      this.#journal.rows("select sha256 from site_objects where site = ?", site).map((row) => String(row.sha256)),
    );
    const work = [...plan.contents.keys()].filter((sha256) => !known.has(sha256)).values();
    const worker = async () => {
      for (const sha256 of work) {
        await this.#store.putObject(user, name, sha256, await this.#content(project, plan, sha256));
        this.#journal.run("insert or ignore into site_objects (site, sha256) values (?, ?)", site, sha256);
      }
    };
    // Not Promise.all: what is on its way when one fails shall be done before the next try begins.
    const ended = await Promise.allSettled(Array.from({ length: UPLOADS_AT_ONCE }, worker));
    for (const end of ended) if (end.status === "rejected") throw end.reason;
  }

  async #withdraw(project: Project, user: string, name: string): Promise<void> {
    const live = await this.#store.manifest(user, name);
    if (live?.manifest.projectId !== project.id) return;
    await this.#store.removeManifest(user, name);
    if (live.manifest.domain !== null) await releaseDomain(this.#store, live.manifest.domain, project.id);
  }

  #say(project: Project, site: SiteState): void {
    if (JSON.stringify(this.#projects.get(project.id).site) === JSON.stringify(site)) return;
    this.#journal.transaction(() => {
      this.#projects.setSite(project.id, site);
      this.#outbox.post({ type: "site", projectId: project.id, site });
    });
  }
}

function stateOf(manifest: Manifest, { unreachable }: { unreachable: readonly string[] }): SiteState {
  return {
    published: true,
    title: manifest.title,
    url: `@${manifest.user}/${manifest.name}`,
    visibility: manifest.visibility,
    version: manifest.version,
    publishedAt: manifest.publishedAt,
    pages: Object.keys(manifest.pages).length,
    problem: null,
    unreachable: [...unreachable],
  };
}

function addressOf(url: string): { user: string; name: string } | null {
  const match = /^@([^/]+)\/([^/]+)$/.exec(url);
  return match?.[1] && match[2] ? { user: match[1], name: match[2] } : null;
}
