/** What a project's configuration says about running its cells. */
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Config, parseConfig } from "../../../../shared/config/config.ts";
import type { Language } from "../../../../shared/mrp/mrp.ts";

export interface RunSettings {
  /** Folder for figures and other generated files, relative to the project. */
  readonly assetDir: string;
  /** Its last segment, by which a document's links into it are known. */
  readonly generated: string;
  /** The session of a cell that names none. */
  defaultSession(language: Language): string;
}

/** A configuration that is missing or wrong is none: its author is told when publishing, and cells run all the same. */
export async function readRunSettings(projectFolder: string): Promise<RunSettings> {
  const source = await readFile(join(projectFolder, "mrmd.md"), "utf8").catch(() => "");
  const result = parseConfig(source);
  const config: Config = "config" in result ? result.config : {};
  const assetDir = config.assets?.generated ?? "_assets/generated";
  return {
    assetDir,
    generated: basename(assetDir),
    defaultSession: (language) => config.session?.[language]?.name ?? "default",
  };
}
