/** Where a session starts: its `cwd` of the configuration, in the runtime. */
import type { Config } from "../../shared/config/config.ts";
import type { Language } from "../../shared/mrp/mrp.ts";
import { PROJECT_MOUNT } from "../agent/agent.ts";

/** Absolute path in the container. */
export function sessionFolder(config: Config, language: Language): string {
  const cwd = config.session?.[language]?.cwd ?? ".";
  return cwd === "." ? PROJECT_MOUNT : `${PROJECT_MOUNT}/${cwd}`;
}
