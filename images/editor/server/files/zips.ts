/** Copies of a project, or of a part of it, to take home: what stands in its files and what was typed until now, as a zip. */
import { realpath } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Fault } from "../../../../shared/daemon/fault.ts";
import { attachment } from "../../../../shared/editor/attachment.ts";
import { isTooling } from "../../../../shared/fsml/path.ts";
import type { Documents } from "../document/documents.ts";
import { readConfiguration } from "./configuration.ts";
import { listFiles, reach } from "./project.ts";
import { type Zipped, zipOf } from "./zip.ts";

/** Each takes a part of two processors and of a small memory, for as long as its reader's line takes. */
const AT_ONCE = 4;

export class Zips {
  readonly #projects: string;
  readonly #documents: Documents;
  #underWay = 0;

  constructor(projects: string, documents: Documents) {
    this.#projects = projects;
    this.#documents = documents;
  }

  /**
   * Resolves when it is sent, or its reader has gone. Throws Fault("not_found" | "limit").
   * @param path of a file or folder; null for the whole project
   */
  async send(projectId: string, path: string | null, response: ServerResponse): Promise<void> {
    if (this.#underWay === AT_ONCE) throw new Fault("limit", "others are downloading just now; try again in a moment");
    this.#underWay++;
    try {
      await this.#save(projectId, path);
      const { name, files } = await this.#find(projectId, path);
      response.writeHead(200, {
        "content-type": "application/zip",
        "content-disposition": attachment(`${name}.zip`),
        "cache-control": "no-store",
      });
      // A reader who has gone is no fault, and a file that can't be read breaks the answer off.
      await pipeline(zipOf(files), response).catch((error: unknown) => {
        if (!response.destroyed || !isPremature(error)) throw error;
      });
    } finally {
      this.#underWay--;
    }
  }

  async #save(projectId: string, path: string | null): Promise<void> {
    if (path !== null) return this.#documents.saveUnder({ projectId, path });
    for (const document of await this.#documents.openIn(projectId)) await document.save();
  }

  /** In the zip everything stands in one folder: whoever unpacks it gets one thing. */
  async #find(projectId: string, path: string | null): Promise<{ name: string; files: Zipped[] }> {
    const root = await realpath(join(this.#projects, projectId));
    if (path === null) {
      const name = nameFor((await readConfiguration(root)).name ?? "");
      return { name, files: await below(root, name) };
    }
    const found = isTooling(path) ? null : await reach(root, path);
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (found?.stat.isFile()) return { name, files: [{ absolute: found.absolute, name }] };
    if (found?.stat.isDirectory()) return { name, files: await below(found.absolute, name) };
    throw new Fault("not_found", `there is no file ${path}`);
  }
}

function isPremature(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE";
}

async function below(folder: string, name: string): Promise<Zipped[]> {
  return (await listFiles(folder)).map((path) => ({ absolute: join(folder, path), name: `${name}/${path}` }));
}

/** A project's name as a folder's, on every system. */
function nameFor(name: string): string {
  const cleaned = name
    .toWellFormed()
    .replace(/[\\/:*?"<>|\p{Cc}]+/gu, "-")
    .slice(0, 60)
    .replace(/^[\s.-]+|[\s.-]+$/g, "");
  return cleaned === "" ? "project" : cleaned;
}
