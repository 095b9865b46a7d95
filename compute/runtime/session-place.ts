/** Where a session starts: what the configuration says of its language, as the runtime needs it. */
import type { Config } from "../../shared/config/config.ts";
import type { Language } from "../../shared/mrp/mrp.ts";
import type { SessionPlace } from "../../shared/runtime/wire.ts";
import { PROJECT_MOUNT } from "../agent/host-agent.ts";

export function sessionPlace(config: Config, session: string, language: Language): SessionPlace {
  const { cwd = ".", venv } = config.session?.[language] ?? {};
  return {
    session,
    language,
    cwd: cwd === "." ? PROJECT_MOUNT : `${PROJECT_MOUNT}/${cwd}`,
    venv: venv === undefined ? null : `${PROJECT_MOUNT}/${venv}`,
  };
}
