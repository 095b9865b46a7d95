/** What a project's configuration says about running its cells. */
import { basename } from "node:path";
import type { Language } from "../../../../shared/mrp/mrp.ts";
import { readConfiguration } from "../files/configuration.ts";

export interface RunSettings {
  /** Folder for figures and other generated files, relative to the project. */
  readonly assetDir: string;
  /** Its last segment, by which a document's links into it are known. */
  readonly generated: string;
  /** The session of a cell that names none. */
  defaultSession(language: Language): string;
}

export async function readRunSettings(projectFolder: string): Promise<RunSettings> {
  const config = await readConfiguration(projectFolder);
  const assetDir = config.assets?.generated ?? "_assets/generated";
  return {
    assetDir,
    generated: basename(assetDir),
    defaultSession: (language) => config.session?.[language]?.name ?? "default",
  };
}
