/** The files of a project as the app lists them, with the titles that pages give themselves. */
import { join } from "node:path";
import { splitFrontMatter, titleOf } from "../../../../shared/document/front-matter.ts";
import type { Tree } from "../../../../shared/editor/tree.ts";
import { parseName } from "../../../../shared/fsml/name.ts";
import { listFiles, readStart, stateOf } from "../files/project.ts";

/** Front matter that is longer gives no title. */
const TITLE_BYTES = 4096;

export class Trees {
  readonly #projects: string;
  /** Titles by absolute path, as long as the file is the same. */
  readonly #titles = new Map<string, { signature: string; title: string | null }>();

  constructor(projects: string) {
    this.#projects = projects;
  }

  async read(projectId: string): Promise<Tree> {
    const root = join(this.#projects, projectId);
    const files = await listFiles(root);
    const titles: Record<string, string> = {};
    for (const path of files) {
      if (!parseName(path.split("/").at(-1) ?? "", "file").isPage) continue;
      const title = await this.#titleOf(join(root, path)).catch(() => null);
      if (title !== null) titles[path] = title;
    }
    return { files, titles };
  }

  async #titleOf(absolute: string): Promise<string | null> {
    const signature = (await stateOf(absolute))?.signature ?? "";
    const known = this.#titles.get(absolute);
    if (known?.signature === signature) return known.title;
    const title = titleOf(splitFrontMatter(await readStart(absolute, TITLE_BYTES)));
    this.#titles.set(absolute, { signature, title });
    return title;
  }
}
