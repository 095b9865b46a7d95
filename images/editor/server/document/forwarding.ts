/**
 * Where documents have gone that were moved. A browser that had one open comes back to the path it knows, with the lineage that it
 * holds: by that it is known which of all documents that ever stood there is meant.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { ProjectPath } from "../../../../shared/daemon/contract.ts";
import { parseJson } from "../../../../shared/daemon/fault.ts";
import { absent, writeDurably } from "../files/durable.ts";
import { type DocumentId, StateFolder } from "./state-folder.ts";

const Gone = z.object({ to: ProjectPath });

/** Whoever was away for longer opens the project anew. */
const KEEP_MS = 90 * 24 * 3_600_000;
/** Of moves, one after the other. */
const MOST_STEPS = 100;

export class Forwarding {
  readonly #folder: string;
  readonly #journals: string;

  constructor(folder: string, journals: string) {
    this.#folder = folder;
    this.#journals = journals;
  }

  async sweep(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#folder)) {
      const file = join(this.#folder, name);
      if (Date.now() - (await stat(file)).mtimeMs > KEEP_MS) await rm(file);
    }
  }

  async remember({ projectId, path }: DocumentId, lineage: string, to: string): Promise<void> {
    const gone: z.infer<typeof Gone> = { to };
    const bytes = new TextEncoder().encode(JSON.stringify(gone));
    await writeDurably(this.#fileOf({ projectId, path }, lineage), bytes, 0o600);
  }

  /** The document of that lineage that is, or was, at the path; where it is not known to have gone, the one that is asked for. */
  async follow(asked: DocumentId, lineage: string): Promise<DocumentId> {
    let at = asked;
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      if ((await StateFolder.lineageOf(this.#journals, at)) === lineage) return at;
      const gone = await readFile(this.#fileOf(at, lineage), "utf8").catch(absent);
      if (gone === null) return asked;
      at = { projectId: at.projectId, path: parseJson(Gone, gone, "where a document has gone").to };
    }
    return asked;
  }

  #fileOf({ projectId, path }: DocumentId, lineage: string): string {
    return join(
      this.#folder,
      createHash("sha256").update(`${projectId}\0${path}\0${lineage}`).digest("hex").slice(0, 40),
    );
  }
}
