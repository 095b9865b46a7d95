/** What every MRP route begins with: who asks, for which project, and which session that is (formats.md §4). */
import { Fault } from "../../shared/daemon/fault.ts";
import { type Language, parseSessionId, sessionId } from "../../shared/mrp/mrp.ts";
import type { SessionPlace } from "../../shared/runtime/wire.ts";
import type { Call, Route, Upgrade, UpgradeRoute } from "../api/router.ts";
import type { Project, Projects } from "../projects/projects.ts";
import type { RuntimeLink } from "../runtime/link.ts";
import type { Runtimes } from "../runtime/runtimes.ts";
import { sessionPlace } from "../runtime/session-place.ts";

/** The project's own runtime, and its forks. */
const BASES = ["/v1/projects/:project/mrp/v1", "/v1/projects/:project/sandboxes/:sandbox/mrp/v1"] as const;

/** The runtime that is asked: the project's own, or a sandbox of it. */
export interface Asked {
  readonly project: Project;
  readonly runtimeId: string;
}

/** A session of a project by its one name: clients may write the project's id or its slug, the interpreter is the same. */
export interface NamedSession {
  readonly language: Language;
  readonly session: string;
}

export class MrpDoor {
  readonly #projects: Projects;
  readonly #runtimes: Runtimes;

  constructor(projects: Projects, runtimes: Runtimes) {
    this.#projects = projects;
    this.#runtimes = runtimes;
  }

  route(
    method: string,
    path: string,
    handle: (call: Call, asked: Asked) => Promise<object | undefined> | object | undefined,
  ): Route[] {
    return BASES.map((base) => ({
      method,
      pattern: base + path,
      callers: ["edge", "editor"],
      handle: (call: Call) => handle(call, this.#asked(call)),
    }));
  }

  upgrade(path: string, handle: (upgrade: Upgrade, asked: Asked) => Promise<void>): UpgradeRoute[] {
    return BASES.map((base) => ({
      pattern: base + path,
      upgrade: (upgrade: Upgrade) => handle(upgrade, this.#asked(upgrade)),
    }));
  }

  #asked({ caller, params }: Pick<Call, "caller" | "params">): Asked {
    const project = this.#projects.getFor(caller, params.project ?? "");
    const { sandbox } = params;
    if (sandbox === undefined) return { project, runtimeId: this.#runtimes.own(project) };
    return { project, runtimeId: this.#runtimes.sandboxOf(project, sandbox) };
  }

  /** Throws Fault("invalid") if the session is another project's. */
  session({ project }: Asked, id: string): NamedSession {
    const parsed = parseSessionId(id);
    if (!parsed || (parsed.project !== project.id && parsed.project !== project.slug)) {
      throw new Fault("invalid", `"${id}" is no session of this project; it is named ${project.slug}:<name>`);
    }
    return { language: parsed.language, session: sessionId(project.slug, parsed.language, parsed.name) };
  }

  async place({ project }: Asked, { session, language }: NamedSession): Promise<SessionPlace> {
    return sessionPlace(await this.#projects.configurationOrDefaults(project), session, language);
  }

  /** The line to the runtime if it runs now, else null. */
  live({ runtimeId }: Asked): RuntimeLink | null {
    return this.#runtimes.live(runtimeId);
  }

  /** The line to the runtime, which is woken if it sleeps; null if there is none. Throws Fault("unavailable"). */
  awake({ runtimeId }: Asked): Promise<RuntimeLink | null> {
    return this.#runtimes.awake(runtimeId);
  }

  /** As `live`. Throws Fault("conflict") if none runs. */
  liveOrFault(asked: Asked): RuntimeLink {
    const link = this.live(asked);
    if (!link) throw new Fault("conflict", "no runtime runs for this project");
    return link;
  }

  /** The line to the runtime, which is started first if need be. Throws Fault("unavailable"). */
  running({ runtimeId }: Asked): Promise<RuntimeLink> {
    return this.#runtimes.running(runtimeId);
  }
}
