/**
 * A move as it stands on disk before any of it happens, so that an editor server that comes after a crash goes on with it:
 *
 *   moves/<project>/<id>         the record
 *   moves/<project>/<id>.items/  files and folders on their way (`file-<n>`), and what is kept of documents (`state-<n>`)
 */
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { ProjectPath } from "../../../../shared/daemon/contract.ts";
import { parseJson } from "../../../../shared/daemon/fault.ts";
import { Anchor } from "../../../../shared/editor/anchor.ts";
import { Author } from "../../../../shared/editor/history.ts";
import { absent, syncFolder, writeDurably } from "./durable.ts";

const Rename = z.object({ from: ProjectPath, to: ProjectPath });

export const MoveRecord = z.object({
  id: z.uuid(),
  projectId: z.uuid(),
  began: z.iso.datetime(),
  by: Author,
  /** `taking`: all goes out of its places; `placing`: into the new ones; `relinking`: links are rewritten; `done`: it can be undone. */
  phase: z.enum(["taking", "placing", "relinking", "done"]),
  renames: z.array(Rename),
  /** Documents that stand under another path then. */
  documents: z.array(Rename),
  /** What is rewritten in documents, by the paths that they have then. */
  relinks: z.array(z.object({ path: ProjectPath, anchor: Anchor, was: z.string(), becomes: z.string() })),
});
export type MoveRecord = z.infer<typeof MoveRecord>;

/** Of a project: those that can be undone. */
const MOST_KEPT = 30;

export class MoveRecords {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async write(record: MoveRecord): Promise<void> {
    const folder = join(this.#folder, record.projectId);
    if ((await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined) await syncFolder(this.#folder);
    await writeDurably(join(folder, record.id), new TextEncoder().encode(JSON.stringify(record)), 0o600);
  }

  /** Null if there is none of that id. */
  async read(projectId: string, id: string): Promise<MoveRecord | null> {
    const text = await readFile(join(this.#folder, projectId, id), "utf8").catch(absent);
    return text === null ? null : parseJson(MoveRecord, text, "a move");
  }

  async forget({ projectId, id }: MoveRecord): Promise<void> {
    await rm(join(this.#folder, projectId, id), { force: true });
  }

  itemsOf({ projectId, id }: Pick<MoveRecord, "projectId" | "id">): string {
    return join(this.#folder, projectId, `${id}.items`);
  }

  /** What an earlier server had begun and not finished. The oldest of those that are finished are forgotten. */
  async unfinished(): Promise<MoveRecord[]> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const found: MoveRecord[] = [];
    for (const projectId of await readdir(this.#folder)) {
      const names = await readdir(join(this.#folder, projectId));
      const ids = names.filter((name) => z.uuid().safeParse(name).success);
      const records = (await Promise.all(ids.map((id) => this.read(projectId, id)))).filter(
        (record) => record !== null,
      );
      const done = records.filter(({ phase }) => phase === "done").sort((a, b) => (a.began < b.began ? 1 : -1));
      for (const record of done.slice(MOST_KEPT)) await this.forget(record);
      found.push(...records.filter(({ phase }) => phase !== "done"));
    }
    return found;
  }
}
