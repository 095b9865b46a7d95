/** What the journal knows of objects that hold archives: each is named here before S3 hears of it, and until S3 has dropped it. */
import * as z from "zod";
import type { Journal } from "../journal/journal.ts";

export const Digest = z.object({ bytes: z.int(), sha256: z.string() });
/** Of an archive as it lies on the base server's disk. */
export type Digest = z.infer<typeof Digest>;

const Row = z.object({
  name: z.string(),
  runtime_id: z.uuid(),
  state: z.enum(["sending", "cold", "damaged", "dropping"]),
  upload: z.string().nullable(),
  bytes: z.number().nullable(),
  sha256: z.string().nullable(),
});

/** The only copy of a runtime's archive, or as good as that. */
export interface ColdArchive extends Digest {
  readonly name: string;
}

export class ArchiveRecords {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  sending(name: string, runtimeId: string): void {
    this.#journal.run("insert into cold_archives (name, runtime_id, state) values (?, ?, 'sending')", name, runtimeId);
  }

  uploading(name: string, upload: string): void {
    this.#journal.run("update cold_archives set upload = ? where name = ?", upload, name);
  }

  cold(name: string, { bytes, sha256 }: Digest): void {
    this.#journal.run(
      "update cold_archives set state = 'cold', upload = null, bytes = ?, sha256 = ? where name = ?",
      bytes,
      sha256,
      name,
    );
  }

  /** It can't be restored; an operator may want to look at it. */
  damaged(name: string): void {
    this.#journal.run("update cold_archives set state = 'damaged' where name = ?", name);
  }

  /** Nobody is woken from it any more; S3 may have it still, or what was sent of it. */
  dropping(name: string): void {
    this.#journal.run("update cold_archives set state = 'dropping' where name = ?", name);
  }

  /** S3 has nothing of it. */
  remove(name: string): void {
    this.#journal.run("delete from cold_archives where name = ?", name);
  }

  /** The runtime's archive if it has gone cold, or null. */
  find(runtimeId: string): ColdArchive | null {
    const found = this.#of(runtimeId).find(({ state }) => state === "cold");
    if (!found || found.bytes === null || found.sha256 === null) return null;
    return { name: found.name, bytes: found.bytes, sha256: found.sha256 };
  }

  /** All that S3 may have of a runtime, or what it was sent and never had whole. */
  ofRuntime(runtimeId: string): { readonly name: string; readonly upload: string | null }[] {
    return this.#of(runtimeId);
  }

  /** What is on its way or was when the daemon ended, and what S3 could not be told to drop. */
  unfinished(): { readonly name: string; readonly upload: string | null; readonly runtimeId: string }[] {
    return this.#journal
      .rows("select * from cold_archives where state in ('sending', 'dropping')")
      .map((row) => Row.parse(row))
      .map(({ name, upload, runtime_id }) => ({ name, upload, runtimeId: runtime_id }));
  }

  has(name: string): boolean {
    return this.#journal.row("select 1 from cold_archives where name = ?", name) !== null;
  }

  #of(runtimeId: string): z.infer<typeof Row>[] {
    return this.#journal
      .rows("select * from cold_archives where runtime_id = ?", runtimeId)
      .map((row) => Row.parse(row));
  }
}
