/** What every MRP route begins with: who asks, for which project, and which session that is (formats.md §4). */
import { Fault } from "../../shared/daemon/fault.ts";
import { type Language, parseSessionId, sessionId } from "../../shared/mrp/mrp.ts";
import type { SessionPlace } from "../../shared/runtime/wire.ts";
import type { Call, Route, Upgrade, UpgradeRoute } from "../api/router.ts";
import type { Project, Projects } from "../projects/projects.ts";
import type { RuntimeLink } from "../runtime/link.ts";
import type { Runtimes } from "../runtime/runtimes.ts";
import { sessionPlace } from "../runtime/session-place.ts";

const BASE = "/v1/projects/:project/mrp/v1";

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
    handle: (call: Call, project: Project) => Promise<object | undefined> | object | undefined,
  ): Route {
    return {
      method,
      pattern: BASE + path,
      callers: ["edge", "editor"],
      handle: (call) => handle(call, this.#projects.getFor(call.caller, call.params.project ?? "")),
    };
  }

  upgrade(path: string, handle: (upgrade: Upgrade, project: Project) => Promise<void>): UpgradeRoute {
    return {
      pattern: BASE + path,
      upgrade: (upgrade) => handle(upgrade, this.#projects.getFor(upgrade.caller, upgrade.params.project ?? "")),
    };
  }

  /** Throws Fault("invalid") if the session is another project's. */
  session(project: Project, id: string): NamedSession {
    const parsed = parseSessionId(id);
    if (!parsed || (parsed.project !== project.id && parsed.project !== project.slug)) {
      throw new Fault("invalid", `"${id}" is no session of this project; it is named ${project.slug}:<name>`);
    }
    return { language: parsed.language, session: sessionId(project.slug, parsed.language, parsed.name) };
  }

  async place(project: Project, { session, language }: NamedSession): Promise<SessionPlace> {
    return sessionPlace(await this.#projects.configurationOrDefaults(project), session, language);
  }

  /** The line to the project's runtime if it runs now, else null. */
  live(project: Project): RuntimeLink | null {
    return this.#runtimes.live(project);
  }

  /** The line to the project's runtime, which is woken if it sleeps; null if there is none. Throws Fault("unavailable"). */
  awake(project: Project): Promise<RuntimeLink | null> {
    return this.#runtimes.awake(project);
  }

  /** As `live`. Throws Fault("conflict") if none runs. */
  liveOrFault(project: Project): RuntimeLink {
    const link = this.live(project);
    if (!link) throw new Fault("conflict", "no runtime runs for this project");
    return link;
  }

  /** The line to the project's runtime, which is started first if need be. Throws Fault("unavailable"). */
  running(project: Project): Promise<RuntimeLink> {
    return this.#runtimes.running(project);
  }
}
