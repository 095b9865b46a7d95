/**
 * Making, copying, deleting and bringing back files of a project. Nothing is overwritten and nothing is lost, whenever it is
 * interrupted: what is new is made in a folder of our own and then takes its name in one step, if the name is free; what is
 * deleted goes, whole and in one step, to the trash of its project.
 *
 *   drafts/                     what is being made; swept at the start
 *   trash/<project>/<id>/entry  what it was and where it stood …
 *   trash/<project>/<id>/item   … and the file or folder itself
 *   trash/<project>/<id>/kept/  what the editor server has of its documents: comments, history
 */
import { randomUUID } from "node:crypto";
import { cp, lstat, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Fault, parseJson } from "../../../../shared/daemon/fault.ts";
import { Deleted } from "../../../../shared/editor/files.ts";
import { CLOSE } from "../../../../shared/editor/sync.ts";
import { parseName } from "../../../../shared/fsml/name.ts";
import type { Documents } from "../document/documents.ts";
import { StateFolder } from "../document/state-folder.ts";
import { syncFolder, writeDurably } from "./durable.ts";
import { ownFolder } from "./own-folder.ts";
import { place, refuseName } from "./place.ts";
import { listFiles, reach } from "./project.ts";

export interface FilePlaces {
  readonly projects: string;
  readonly journals: string;
  readonly drafts: string;
  readonly trash: string;
}

export class FileOperations {
  readonly #places: FilePlaces;
  readonly #documents: Documents;
  readonly #changed: (projectId: string, path: string) => void;

  /** @param changed told what stands in a project's folder now, or no longer does */
  constructor(places: FilePlaces, documents: Documents, changed: (projectId: string, path: string) => void) {
    this.#places = places;
    this.#documents = documents;
    this.#changed = changed;
  }

  /** Throws away what an earlier server had not finished making: nobody was told of it. What it was bringing back is brought back. */
  async sweep(): Promise<void> {
    await rm(this.#places.drafts, { recursive: true, force: true });
    await mkdir(this.#places.drafts, { recursive: true, mode: 0o700 });
    for (const projectId of await readdir(this.#places.trash).catch(() => [])) {
      for (const id of await readdir(this.#trashOf(projectId))) {
        const folder = join(this.#trashOf(projectId), id);
        if (await lstat(join(folder, "item")).catch(() => null)) continue;
        await this.#bringBack(folder);
        await rm(folder, { recursive: true });
      }
    }
  }

  /** An empty file, with the folders above it. Throws Fault("invalid" | "conflict"). */
  async create(projectId: string, path: string): Promise<string> {
    const wanted = path.normalize("NFC");
    const target = await this.#freshPlace(projectId, wanted);
    const draft = this.#draft();
    await writeDurably(draft, new Uint8Array());
    await place(draft, target, wanted);
    this.#changed(projectId, wanted);
    return wanted;
  }

  /** A copy beside it, with what was typed until now. Resolves with its path. Throws Fault("invalid" | "not_found"). */
  async duplicate(projectId: string, path: string): Promise<string> {
    const source = await this.#existing(projectId, path);
    const kind = (await lstat(source)).isDirectory() ? "folder" : "file";
    const draft = this.#draft();
    await this.#documents.saveUnder({ projectId, path });
    await cp(source, draft, { recursive: true, verbatimSymlinks: true });
    for (let number = 1; ; number++) {
      const copy = copyPath(path, kind, number);
      try {
        await place(draft, await this.#freshPlace(projectId, copy), copy);
      } catch (error) {
        if (error instanceof Fault && error.code === "conflict" && number < MAX_COPIES) continue;
        await rm(draft, { recursive: true, force: true });
        throw error;
      }
      this.#changed(projectId, copy);
      return copy;
    }
  }

  /** Puts a file or folder into the trash. Whoever has a document of it open is told that it is gone. Throws Fault("invalid" | "not_found"). */
  async delete(projectId: string, path: string, by: string): Promise<Deleted> {
    if (path.toLowerCase() === "mrmd.md") throw new Fault("invalid", "mrmd.md makes the folder a project: it stays");
    const source = await this.#existing(projectId, path);
    const deleted: Deleted = { id: randomUUID(), path, deleted: new Date().toISOString(), by };
    const folder = join(this.#trashOf(projectId), deleted.id);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeDurably(join(folder, "entry"), new TextEncoder().encode(JSON.stringify(deleted)), 0o600);
    await syncFolder(this.#trashOf(projectId));
    const inside = (await lstat(source)).isDirectory() ? await listFiles(source) : null;
    await this.#documents.whileClosed([{ projectId, path }], CLOSE.notFound, async () => {
      await rename(source, join(folder, "item"));
      await syncFolder(folder);
      await syncFolder(join(source, ".."));
      await mkdir(join(folder, "kept"));
      for (const [i, file] of (inside?.map((name) => `${path}/${name}`) ?? [path]).entries())
        await StateFolder.takeOut(this.#places.journals, { projectId, path: file }, join(folder, "kept", String(i)));
    });
    this.#changed(projectId, path);
    return deleted;
  }

  /** Puts it back where it stood. Throws Fault("not_found"), or Fault("conflict") if something else stands there now. */
  async restore(projectId: string, id: string): Promise<string> {
    const folder = join(this.#trashOf(projectId), id);
    const { path } = await readEntry(folder).catch(() => {
      throw new Fault("not_found", "that is not in the trash");
    });
    const target = await this.#freshPlace(projectId, path);
    await this.#documents.whileClosed([{ projectId, path }], CLOSE.notFound, async () => {
      await place(join(folder, "item"), target, path);
      await this.#bringBack(folder);
      await rm(folder, { recursive: true });
    });
    this.#changed(projectId, path);
    return path;
  }

  /** What can be restored, newest first. */
  async trash(projectId: string): Promise<Deleted[]> {
    const folder = this.#trashOf(projectId);
    const found: Deleted[] = [];
    for (const id of await readdir(folder).catch(() => [])) {
      // An interrupted deletion has left no item: the file is where it was.
      if (await lstat(join(folder, id, "item")).catch(() => null)) found.push(await readEntry(join(folder, id)));
    }
    return found.sort((a, b) => (a.deleted < b.deleted ? 1 : -1));
  }

  /** What is kept of documents in that entry of the trash. */
  async #bringBack(folder: string): Promise<void> {
    for (const name of await readdir(join(folder, "kept")).catch(() => []))
      await StateFolder.putBack(join(folder, "kept", name), this.#places.journals);
  }

  #trashOf(projectId: string): string {
    return join(this.#places.trash, projectId);
  }

  #draft(): string {
    return join(this.#places.drafts, randomUUID());
  }

  /** Absolute path of a file or folder that is there, reached without a link. */
  async #existing(projectId: string, path: string): Promise<string> {
    refuseName(path);
    const found = await reach(join(this.#places.projects, projectId), path);
    if (!found?.stat.isFile() && !found?.stat.isDirectory()) throw new Fault("not_found", `there is no file ${path}`);
    return found.absolute;
  }

  /** Absolute path for something new, in a folder that is there by then. */
  async #freshPlace(projectId: string, path: string): Promise<string> {
    refuseName(path);
    const segments = path.split("/");
    const folder = await ownFolder(join(this.#places.projects, projectId), segments.slice(0, -1));
    return join(folder, segments.at(-1) ?? "");
  }
}

/** Copies of one file that get names of their own. */
const MAX_COPIES = 100;

/** `02-intro.md` → `02-intro-copy.md`, then `02-intro-copy-2.md`: right behind the original. */
function copyPath(path: string, kind: "file" | "folder", number: number): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const { isPage } = parseName(name, kind);
  const dot = kind === "file" ? name.lastIndexOf(".") : -1;
  const end = isPage || dot > 0 ? dot : name.length;
  const suffix = number === 1 ? "-copy" : `-copy-${number}`;
  return `${path.slice(0, path.length - name.length)}${name.slice(0, end)}${suffix}${name.slice(end)}`;
}

async function readEntry(folder: string): Promise<Deleted> {
  return parseJson(Deleted, await readFile(join(folder, "entry"), "utf8"), "an entry of the trash");
}
