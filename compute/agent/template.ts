/**
 * The template that new runtimes are made from: a supervisor with a Python that has loaded all it needs and belongs to no session,
 * frozen once for each image. A new runtime is a restore of it, which takes less time than Python does to begin.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../../shared/daemon/fault.ts";
import { parseLine, type SupervisorRequest } from "../../shared/runtime/wire.ts";
import type { ContainerSpec, Inspected, Podman } from "../podman/podman.ts";
import { whyItDoesNotFit } from "../runtime/fit.ts";
import type { Archives } from "./archive.ts";
import { linesOf, readLog } from "./container-log.ts";
import { freeze, leave } from "./freeze.ts";
import type { HostFacts } from "./host-agent.ts";

const NAME = "markco-template";
const LABEL = "markco.template";
const MEMORY_BYTES = 512 * 1024 * 1024;
const LOADS_MS = 60_000;

export interface TemplateWorld {
  readonly podman: Podman;
  readonly archives: Archives;
  /** For what is empty. */
  readonly folder: string;
  readonly facts: () => Promise<HostFacts>;
  /** Makes a container as a runtime's. */
  readonly create: (
    who: Pick<ContainerSpec, "name" | "labels" | "workDir">,
    projectFolder: string,
    memoryBytes: number,
  ) => Promise<unknown>;
}

export class Template {
  readonly #world: TemplateWorld;
  #id: string | null = null;
  #making = false;

  constructor(world: TemplateWorld) {
    this.#world = world;
  }

  /** The archive to restore new runtimes from, or null while there is none. */
  get id(): string | null {
    return this.#id;
  }

  /** True for the container that the template is being made in. */
  owns(labels: Readonly<Record<string, string>>): boolean {
    return this.#making && LABEL in labels;
  }

  /** Makes the template, unless there is one of this image and machine. Throws Fault("unavailable"). */
  async make(): Promise<void> {
    const { podman, archives } = this.#world;
    const facts = await this.#world.facts();
    const id = idFor(facts.runtimeImage);
    const there = await archives.facts(id);
    if (!there || whyItDoesNotFit(there, facts, false) !== null) {
      this.#making = true;
      try {
        await this.#freezeOne(id);
        await archives.finish(id, facts, true);
      } finally {
        await podman.remove(NAME);
        this.#making = false;
      }
    }
    this.#id = id;
  }

  async #freezeOne(id: string): Promise<void> {
    const { podman, archives, folder, create } = this.#world;
    const project = join(folder, "empty");
    await mkdir(project, { recursive: true, mode: 0o755 });
    await podman.remove(NAME);
    // Nothing of it stands in the project's folder: CRIU would expect that to have the same mode.
    await create({ name: NAME, labels: { [LABEL]: "1" }, workDir: "/" }, project, MEMORY_BYTES);
    await podman.start(NAME);
    const container = await podman.inspect(NAME);
    if (!container) throw new Fault("unavailable", "the template's container has ended");
    await this.#warmUp(container);
    const draft = archives.draft(id);
    await leave(draft, container);
    // Nothing that it has said is of interest to the runtimes made from it.
    const { size } = await stat(container.HostConfig.LogConfig.Path);
    await freeze(draft, container, { logOffset: size });
  }

  /** Resolves when the supervisor holds a Python that has loaded. */
  async #warmUp(container: Inspected): Promise<void> {
    const request: SupervisorRequest = { id: randomUUID(), op: "warm" };
    const stdin = await this.#world.podman.attachStdin(NAME);
    stdin.write(`${JSON.stringify(request)}\n`);
    const late = AbortSignal.timeout(LOADS_MS);
    try {
      for await (const { lines } of linesOf(await readLog(container.HostConfig.LogConfig.Path, 0, late), 0)) {
        for (const line of lines.map(parseLine)) {
          if (line?.type !== "reply" || line.id !== request.id) continue;
          if (line.ok) return;
          throw new Fault("unavailable", `the template can't be made: ${line.error?.message}`);
        }
      }
      throw new Fault("unavailable", "the template did not load in time");
    } finally {
      stdin.destroy();
    }
  }
}

/** Archives have UUIDs; this one is the same for the same image. */
function idFor(image: string): string {
  const hex = createHash("sha256").update(`template ${image}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
