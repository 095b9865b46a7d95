/** A project's configuration, as its folder has it now. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Config, parseConfig } from "../../../../shared/config/config.ts";

/** One that is missing or wrong is none: its author is told when publishing, and everything else goes on. */
export async function readConfiguration(projectFolder: string): Promise<Config> {
  const result = parseConfig(await readFile(join(projectFolder, "mrmd.md"), "utf8").catch(() => ""));
  return "config" in result ? result.config : {};
}
