/**
 * Making, taking in, copying, deleting and bringing back files of a project. Nothing is overwritten and nothing is lost, whenever it is
 * interrupted: what is new is made in a folder of our own and then takes its name in one step, if the name is free; what is
 * deleted goes, whole and in one step, to the trash of its project.
 *
 *   drafts/                     what is being made; swept at the start
 *   trash/<project>/<id>/entry  what it was and where it stood …
 *   trash/<project>/<id>/item   … and the file or folder itself
 *   trash/<project>/<id>/kept/  what the editor server has of its documents: comments, history
 */
import { randomUUID } from "node:crypto";
import { linkSync, renameSync, type Stats } from "node:fs";
import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Fault, parseJson } from "../../../../shared/daemon/fault.ts";
import { MAX_FILE_BYTES } from "../../../../shared/daemon/limits.ts";
import { Deleted } from "../../../../shared/editor/files.ts";
import { CLOSE } from "../../../../shared/editor/sync.ts";
import { type IfTaken, problemOfUpload } from "../../../../shared/editor/transfer.ts";
import { parseName } from "../../../../shared/fsml/name.ts";
import type { Documents } from "../document/documents.ts";
import { type DocumentId, StateFolder } from "../document/state-folder.ts";
import { syncFolder, writeDurably } from "./durable.ts";
import { ownFolder } from "./own-folder.ts";
import { isSame, place, refuseName, taken } from "./place.ts";
import { listFiles, reach } from "./project.ts";
import { receive } from "./receive.ts";

export interface FilePlaces {
  readonly projects: string;
  readonly journals: string;
  readonly drafts: string;
  readonly trash: string;
}

/** A file that comes from outside. */
export interface Upload {
  readonly path: string;
  readonly ifTaken: IfTaken;
  readonly content: AsyncIterable<Uint8Array>;
  /** Handle of whose it is. */
  readonly by: string;
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

  /**
   * Takes a file in, once all of it is here. Resolves with its path. Throws Fault("invalid" | "too_large"), or Fault("conflict")
   * if the name is taken and that is to be refused, or is taken by something else than a file.
   */
  async upload(projectId: string, { path, ifTaken, content, by }: Upload): Promise<string> {
    const wanted = path.normalize("NFC");
    const problem = problemOfUpload(wanted);
    if (problem) throw new Fault("invalid", problem);
    const root = join(this.#places.projects, projectId);
    if (ifTaken === "refuse" && (await reach(root, wanted))) throw taken(wanted);
    const draft = this.#draft();
    try {
      await receive(draft, content, MAX_FILE_BYTES);
      const placed =
        ifTaken === "keep-both"
          ? await this.#placeBeside(draft, projectId, (number) => copyPath(wanted, "file", number - 1))
          : await this.#placeOrReplace(draft, projectId, wanted, ifTaken === "replace" ? by : null);
      this.#changed(projectId, placed);
      return placed;
    } finally {
      await rm(draft, { force: true });
    }
  }

  /** A copy beside it, with what was typed until now. Resolves with its path. Throws Fault("invalid" | "not_found"). */
  async duplicate(projectId: string, path: string): Promise<string> {
    const source = await this.#existing(projectId, path);
    const kind = (await lstat(source)).isDirectory() ? "folder" : "file";
    const draft = this.#draft();
    await this.#documents.saveUnder({ projectId, path });
    try {
      await cp(source, draft, { recursive: true, verbatimSymlinks: true });
      const copy = await this.#placeBeside(draft, projectId, (number) => copyPath(path, kind, number));
      this.#changed(projectId, copy);
      return copy;
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }

  /** Puts a file or folder into the trash. Whoever has a document of it open is told that it is gone. Throws Fault("invalid" | "not_found"). */
  async delete(projectId: string, path: string, by: string): Promise<Deleted> {
    if (path.toLowerCase() === "mrmd.md") throw new Fault("invalid", "mrmd.md makes the folder a project: it stays");
    const source = await this.#existing(projectId, path);
    const { deleted, folder } = await this.#trashEntry(projectId, path, by);
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
      const item = join(folder, id, "item");
      // An interrupted deletion has left no item: the file is where it was.
      if (!(await lstat(item).catch(() => null))) continue;
      const entry = await readEntry(join(folder, id));
      // An interrupted replacement has left it in both places.
      const original = join(this.#places.projects, projectId, entry.path);
      if (!(await isSame(item, original).catch(() => false))) found.push(entry);
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

  /** A durable place in the trash, for what is at `path`. */
  async #trashEntry(projectId: string, path: string, by: string): Promise<{ deleted: Deleted; folder: string }> {
    const deleted: Deleted = { id: randomUUID(), path, deleted: new Date().toISOString(), by };
    const folder = join(this.#trashOf(projectId), deleted.id);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeDurably(join(folder, "entry"), new TextEncoder().encode(JSON.stringify(deleted)), 0o600);
    await syncFolder(this.#trashOf(projectId));
    return { deleted, folder };
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

  /** Gives a draft the first of its names that is free: of number 1, 2, … Resolves with it. */
  async #placeBeside(draft: string, projectId: string, nameOf: (number: number) => string): Promise<string> {
    for (let number = 1; ; number++) {
      const path = nameOf(number);
      try {
        await place(draft, await this.#freshPlace(projectId, path), path);
        return path;
      } catch (error) {
        if (!(error instanceof Fault && error.code === "conflict" && number < MAX_COPIES)) throw error;
      }
    }
  }

  /** @param by who replaces the file that may be there; null if that is not wanted */
  async #placeOrReplace(draft: string, projectId: string, path: string, by: string | null): Promise<string> {
    const there = by === null ? null : await reach(join(this.#places.projects, projectId), path);
    if (by === null || !there) await place(draft, await this.#freshPlace(projectId, path), path);
    else if (there.stat.isFile()) await this.#replace(draft, there, { projectId, path }, by);
    else throw new Fault("conflict", `${path} is no file: a file can't take its place`);
    return path;
  }

  /** The file stands in its place and in the trash, and then the draft in its place: at no moment is nothing there. */
  async #replace(
    draft: string,
    { absolute: target, stat }: { readonly absolute: string; readonly stat: Stats },
    id: DocumentId,
    by: string,
  ): Promise<void> {
    await chmod(draft, stat.mode & 0o777);
    const { folder } = await this.#trashEntry(id.projectId, id.path, by);
    try {
      await this.#documents.replace(id, () => {
        // Nothing of this process comes between: of two who replace it at once, the second puts the first one's into the trash.
        linkSync(target, join(folder, "item"));
        renameSync(draft, target);
      });
    } catch (error) {
      // What the trash has by then was replaced, whatever went wrong behind it.
      if (!(await lstat(join(folder, "item")).catch(() => null))) await rm(folder, { recursive: true });
      if (error instanceof Error && "code" in error && error.code === "ENOENT")
        throw new Fault("conflict", `${id.path} has just gone elsewhere; try again`);
      throw error;
    }
    await syncFolder(folder);
    await syncFolder(join(target, ".."));
  }
}

/** Copies of one file that get names of their own. */
const MAX_COPIES = 100;

/** `02-intro.md` itself, then `02-intro-copy.md`, then `02-intro-copy-2.md`: right behind the original. */
function copyPath(path: string, kind: "file" | "folder", number: number): string {
  if (number === 0) return path;
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
