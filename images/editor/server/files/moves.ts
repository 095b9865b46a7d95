/**
 * Moves files and folders of a project, with what is kept of their documents, and rewrites the links that lead to them and from
 * them; and takes all of that back. It is one step to everybody: it is written down before it begins, no name is taken that is
 * not free, and after a crash it is brought to its end.
 */
import { randomUUID } from "node:crypto";
import { lstat, mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Actor } from "../../../../shared/daemon/actor.ts";
import { Fault } from "../../../../shared/daemon/fault.ts";
import { anchorAround, passageOf } from "../../../../shared/editor/anchor.ts";
import type { Moved, MoveRequest } from "../../../../shared/editor/files.ts";
import { CLOSE } from "../../../../shared/editor/sync.ts";
import { folderOf, planMove, planRename, type Rename, renamed } from "../../../../shared/fsml/moves.ts";
import { isUnder } from "../../../../shared/fsml/path.ts";
import { layoutOf, type Relinking, relinked } from "../../../../shared/fsml/relink.ts";
import { layOutSite } from "../../../../shared/fsml/site.ts";
import type { Documents } from "../document/documents.ts";
import type { Forwarding } from "../document/forwarding.ts";
import { StateFolder } from "../document/state-folder.ts";
import { byPerson } from "../history/by.ts";
import type { Trees } from "../http/tree.ts";
import { syncFolder } from "./durable.ts";
import { type MoveRecord, MoveRecords } from "./move-record.ts";
import { ownFolder } from "./own-folder.ts";
import { place } from "./place.ts";
import { reach } from "./project.ts";

export interface MovePlaces {
  readonly projects: string;
  readonly journals: string;
  readonly moves: string;
}

export interface MovesInput {
  readonly places: MovePlaces;
  readonly documents: Documents;
  readonly forwarding: Forwarding;
  readonly trees: Trees;
  /** Told what stands in a project's folder now, or no longer does. */
  readonly changed: (projectId: string, path: string) => void;
}

export class Moves {
  readonly #input: MovesInput;
  readonly #records: MoveRecords;
  /** One after the other: each begins with what the one before has left. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(input: MovesInput) {
    this.#input = input;
    this.#records = new MoveRecords(input.places.moves);
  }

  /** Brings to its end what an earlier server had begun. Before anybody opens a document. */
  async recover(): Promise<void> {
    for (const record of await this.#records.unfinished()) {
      await this.#finish(record).catch((error: unknown) =>
        console.error(`move ${record.id} can't be finished:`, error),
      );
    }
  }

  /** Throws Fault("not_found" | "invalid" | "conflict"). */
  move(projectId: string, wanted: MoveRequest, actor: Actor): Promise<Moved> {
    return this.#inTurn(async () => {
      const { files, titles } = await this.#input.trees.read(projectId);
      const renames =
        "name" in wanted
          ? planRename(files, wanted.path, wanted.name.normalize("NFC"))
          : planMove(files, wanted.path, { folder: wanted.folder.normalize("NFC"), before: wanted.before });
      if (renames.length === 0) return { id: null, renames: [], relinked: 0 };
      await this.#refuseTaken(projectId, renames);
      const relinks = await this.#relinks(projectId, files, titles, renames);
      return this.#begin({
        ...this.#newRecord(projectId, actor, renames),
        documents: documentsOf(files, renames),
        relinks,
      });
    });
  }

  /** Throws Fault("not_found"), or Fault("conflict") where something else stands in the way by now. */
  undo(projectId: string, id: string, actor: Actor): Promise<Moved> {
    return this.#inTurn(async () => {
      const record = await this.#records.read(projectId, id);
      if (record?.phase !== "done") throw new Fault("not_found", "there is no such move, or it was undone already");
      const renames = record.renames.map(back);
      const { files } = await this.#input.trees.read(projectId);
      for (const { from } of renames)
        if (!files.some((path) => isUnder(path, from))) throw new Fault("conflict", `${from} is not there any more`);
      await this.#refuseTaken(projectId, renames);
      const moved = await this.#begin({
        ...this.#newRecord(projectId, actor, renames),
        documents: documentsOf(files, renames),
        relinks: record.relinks.map(({ path, anchor, was, becomes }) => ({
          path: renamed(renames, path),
          anchor,
          was: becomes,
          becomes: was,
        })),
      });
      await this.#records.forget(record);
      return moved;
    });
  }

  #newRecord(projectId: string, actor: Actor, renames: readonly Rename[]): Omit<MoveRecord, "documents" | "relinks"> {
    const began = new Date().toISOString();
    return { id: randomUUID(), projectId, began, by: byPerson(actor), phase: "taking", renames: [...renames] };
  }

  async #begin(record: MoveRecord): Promise<Moved> {
    const { id, renames, relinks } = record;
    await this.#finish(record);
    return { id, renames, relinked: new Set(relinks.map(({ path }) => path)).size };
  }

  /** The files that are listed are not all that there is. */
  async #refuseTaken(projectId: string, renames: readonly Rename[]): Promise<void> {
    const leaving = new Set(renames.map(({ from }) => from));
    for (const { to } of renames) {
      if (leaving.has(to)) continue;
      if (await reach(join(this.#input.places.projects, projectId), to))
        throw new Fault("conflict", `there is a ${to} already`);
    }
  }

  /** Each step of it can be done twice: an earlier server may have come as far as any of them. */
  async #finish(begun: MoveRecord): Promise<void> {
    const { projectId, renames, relinks, by } = begun;
    const { documents, changed } = this.#input;
    let record = begun;
    const enter = async (phase: MoveRecord["phase"]) => {
      record = { ...record, phase };
      await this.#records.write(record);
    };
    const places = renames.flatMap(({ from, to }) => [from, to]).map((path) => ({ projectId, path }));
    const open = await documents.whileClosed(places, CLOSE.moved, async () => {
      try {
        if (record.phase === "taking") {
          await enter("taking");
          await this.#take(record);
          await enter("placing");
        }
        if (record.phase === "placing") {
          await this.#put(record);
          await enter("relinking");
        }
      } catch (error) {
        await this.#giveBack(record);
        throw error;
      }
    });
    // Cells of it that run go on.
    for (const { path } of open) await this.#touch({ projectId, path: renamed(renames, path) });
    for (const [path, all] of Map.groupBy(relinks, (relink) => relink.path)) {
      await this.#relink({ projectId, path }, all, by).catch((error: unknown) => {
        // What can't be opened has no links that anybody sees.
        if (!(error instanceof Fault)) throw error;
      });
    }
    await enter("done");
    await rm(this.#records.itemsOf(record), { recursive: true, force: true });
    for (const { from, to } of renames) {
      changed(projectId, from);
      changed(projectId, to);
    }
  }

  async #take(record: MoveRecord): Promise<void> {
    const { projectId, renames, documents } = record;
    const { projects, journals } = this.#input.places;
    const items = this.#records.itemsOf(record);
    await mkdir(items, { recursive: true, mode: 0o700 });
    await syncFolder(join(items, ".."));
    for (const [i, { from }] of documents.entries())
      if (!(await isThere(join(items, `state-${i}`))))
        await StateFolder.takeOut(journals, { projectId, path: from }, join(items, `state-${i}`));
    for (const [i, { from }] of renames.entries())
      await takeFile(join(projects, projectId), from, join(items, `file-${i}`));
  }

  async #put(record: MoveRecord): Promise<void> {
    const { projectId, renames, documents } = record;
    const { projects, journals } = this.#input.places;
    const items = this.#records.itemsOf(record);
    for (const [i, { to }] of renames.entries()) {
      const item = join(items, `file-${i}`);
      if (await isThere(item)) await this.#settle(item, join(projects, projectId), to);
    }
    for (const [i, { from, to }] of documents.entries()) {
      const item = join(items, `state-${i}`);
      const lineage = await StateFolder.lineageIn(item);
      if (lineage === null) continue;
      // First: once it stands there, nobody would know any more that it has to be remembered.
      await this.#input.forwarding.remember({ projectId, path: from }, lineage, to);
      await StateFolder.putIn(item, journals, { projectId, path: to });
    }
  }

  /** All is where it was, and nothing has happened. Should this fail, too, the next editor server brings the move to its end. */
  async #giveBack(record: MoveRecord): Promise<void> {
    const { projectId, renames, documents } = record;
    const { projects, journals } = this.#input.places;
    const items = this.#records.itemsOf(record);
    const root = join(projects, projectId);
    if (record.phase === "placing") {
      for (const [i, { to }] of documents.entries())
        if (!(await isThere(join(items, `state-${i}`))))
          await StateFolder.takeOut(journals, { projectId, path: to }, join(items, `state-${i}`));
      for (const [i, { to }] of renames.entries()) await takeFile(root, to, join(items, `file-${i}`));
    }
    for (const [i, { from }] of renames.entries())
      if (await isThere(join(items, `file-${i}`))) await this.#settle(join(items, `file-${i}`), root, from);
    for (const [i, { from }] of documents.entries())
      await StateFolder.putIn(join(items, `state-${i}`), journals, { projectId, path: from });
    await this.#records.forget(record);
    await rm(items, { recursive: true, force: true });
  }

  /** Where it was meant to stand, or beside what came there in this very moment. */
  async #settle(item: string, root: string, path: string): Promise<void> {
    const folder = await ownFolder(root, folderOf(path).split("/").filter(Boolean));
    const name = path.slice(path.lastIndexOf("/") + 1);
    for (let attempt = 0; ; attempt++) {
      const free = attempt === 0 ? name : `${attempt}-${name}`;
      try {
        return await place(item, join(folder, free), path);
      } catch (error) {
        if (!(error instanceof Fault) || attempt === MOST_ATTEMPTS) throw error;
      }
    }
  }

  async #touch(id: { projectId: string; path: string }): Promise<void> {
    const held = await this.#input.documents.hold(id).catch(() => null);
    held?.release();
  }

  /** What is to be rewritten, by the paths that documents have afterwards. */
  async #relinks(
    projectId: string,
    files: readonly string[],
    titles: Readonly<Record<string, string>>,
    renames: readonly Rename[],
  ): Promise<MoveRecord["relinks"]> {
    const now = files.map((path) => renamed(renames, path));
    const site = (paths: readonly string[], named: [string, string][]) =>
      layOutSite({ paths, titles: new Map(named), projectTitle: projectId });
    const was = Object.entries(titles);
    const relinking: Relinking = {
      renames,
      before: layoutOf(site(files, was), files),
      after: layoutOf(
        site(
          now,
          was.map(([path, title]) => [renamed(renames, path), title]),
        ),
        now,
      ),
    };
    const found: MoveRecord["relinks"] = [];
    for (const path of files) {
      if (!/\.q?md$/i.test(path) || !(await this.#isWorthALook(projectId, path, relinking))) continue;
      const held = await this.#input.documents.hold({ projectId, path }).catch(() => null);
      // What the editor can't open, it can't rewrite.
      if (!held) continue;
      const { text } = held.document;
      const source = text.toString();
      for (const { from, to, insert } of relinked(source, path, relinking)) {
        const anchor = anchorAround(text, { from, to });
        found.push({ path: renamed(renames, path), anchor, was: source.slice(from, to), becomes: insert });
      }
      await held.document.durable();
      held.release();
    }
    return found;
  }

  /** Most documents have no link that changes: they are not opened for it, unless they are open. */
  async #isWorthALook(projectId: string, path: string, relinking: Relinking): Promise<boolean> {
    if (this.#input.documents.isOpen({ projectId, path })) return true;
    const source = await readFile(join(this.#input.places.projects, projectId, path), "utf8").catch(() => "");
    return relinked(source, path, relinking).length > 0;
  }

  async #relink(
    id: { projectId: string; path: string },
    relinks: MoveRecord["relinks"],
    by: MoveRecord["by"],
  ): Promise<void> {
    const held = await this.#input.documents.hold(id);
    try {
      const { document } = held;
      const changes = relinks.flatMap(({ anchor, was, becomes }) => {
        const passage = passageOf(document.text, anchor);
        // Somebody has changed the link since, or an earlier server has.
        if (!passage || document.text.toString().slice(passage.from, passage.to) !== was) return [];
        return [{ ...passage, insert: becomes }];
      });
      if (changes.length === 0) return;
      document.change(changes, { by });
      await document.durable();
      await document.save();
    } finally {
      held.release();
    }
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(act);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

const MOST_ATTEMPTS = 20;

const back = ({ from, to }: Rename): Rename => ({ from: to, to: from });

function documentsOf(files: readonly string[], renames: readonly Rename[]): Rename[] {
  return files.flatMap((from) => {
    const to = renamed(renames, from);
    return to === from ? [] : [{ from, to }];
  });
}

/** What somebody took away meanwhile stays gone. */
async function takeFile(root: string, path: string, item: string): Promise<void> {
  const found = (await isThere(item)) ? null : await reach(root, path);
  if (!found) return;
  await rename(found.absolute, item);
  await syncFolder(join(item, ".."));
  await syncFolder(join(found.absolute, ".."));
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}
