/**
 * What the editor server keeps of one document, by what names it: a hash of project and path, so that no two paths share
 * a folder.
 *
 *   document.json   whose it is, and its lineage
 *   updates-<n>     the journal
 *   common          the text that document and file last had in common: the base of a three-way merge
 *   next            the text that is being written to the file; a crash may leave it
 *   taken           the text of the file that is being taken into the document; a crash may leave it
 *   comments        what people say about passages of it (comments/comments.ts); not there if they said nothing
 *   history         what the document was, and who changed it (history/versions.ts); not there before the first change
 *   open            there while the document is loaded: after a crash it has to be looked at
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as Y from "yjs";
import * as z from "zod";
import { parseJson } from "../../../../shared/daemon/fault.ts";
import { TEXT } from "../../../../shared/editor/sync.ts";
import { absent, renameDurably, syncFolder, writeDurably } from "../files/durable.ts";
import { encodeText, PLAIN } from "../files/text.ts";
import { createJournal } from "../journal/journal.ts";
import { nearest } from "./bases.ts";

export interface DocumentId {
  readonly projectId: string;
  readonly path: string;
}

const Description = z.object({ projectId: z.uuid(), path: z.string(), lineage: z.uuid() });

const Taken = z.object({ id: z.uuid(), text: z.string() });

export class StateFolder {
  readonly path: string;
  readonly lineage: string;

  private constructor(path: string, lineage: string) {
    this.path = path;
    this.lineage = lineage;
  }

  /** The document's folder. A document that has none yet gets one whole, with a new lineage that begins with `text`. */
  static async open(journals: string, id: DocumentId, text: string): Promise<StateFolder> {
    const path = join(journals, keyOf(id));
    const description = await descriptionIn(path);
    if (description !== null) return new StateFolder(path, description.lineage);
    const lineage = randomUUID();
    const draft = `${path}.${lineage}`;
    await mkdir(draft, { recursive: true, mode: 0o700 });
    const doc = new Y.Doc();
    doc.getText(TEXT).insert(0, text);
    await createJournal(draft, Y.encodeStateAsUpdate(doc));
    await writeDurably(join(draft, "common"), encodeText(text, PLAIN), 0o600);
    await describeIn(draft, id, lineage);
    await renameDurably(draft, path);
    return new StateFolder(path, lineage);
  }

  /** Documents that were loaded when an editor server ended without a word. */
  static async leftOpen(journals: string): Promise<DocumentId[]> {
    const found: DocumentId[] = [];
    for (const name of await readdir(journals).catch(() => [])) {
      const folder = join(journals, name);
      // A folder that was not finished has its lineage behind a dot.
      if (name.includes(".")) await rm(folder, { recursive: true });
      else if ((await readFile(join(folder, "open")).catch(absent)) !== null) {
        const description = await descriptionIn(folder);
        if (description) found.push({ projectId: description.projectId, path: description.path });
      }
    }
    return found;
  }

  /** Null if nothing is kept of the document. */
  static lineageOf(journals: string, id: DocumentId): Promise<string | null> {
    return StateFolder.lineageIn(join(journals, keyOf(id)));
  }

  /** The same of a folder that was taken out. */
  static async lineageIn(folder: string): Promise<string | null> {
    return (await descriptionIn(folder))?.lineage ?? null;
  }

  /** Takes what is kept of a document to the folder `to`, if anything is. Nobody may have it open. */
  static async takeOut(journals: string, id: DocumentId, to: string): Promise<void> {
    const from = join(journals, keyOf(id));
    if ((await descriptionIn(from)) === null) return;
    await renameDurably(from, to);
    await syncFolder(journals);
  }

  /** … and makes it another document's, if anything is there: `id` goes on with it. */
  static async putIn(from: string, journals: string, id: DocumentId): Promise<void> {
    const lineage = await StateFolder.lineageIn(from);
    if (lineage === null) return;
    await describeIn(from, id, lineage);
    const path = join(journals, keyOf(id));
    // Of one that stood there before, and was deleted.
    await rm(path, { recursive: true, force: true });
    await renameDurably(from, path);
  }

  /** The same for the document that it was taken from. */
  static async putBack(from: string, journals: string): Promise<void> {
    const description = await descriptionIn(from);
    if (description) await StateFolder.putIn(from, journals, description);
  }

  /** Forgets that the document was open: it has gone, or is written. */
  static async markClosed(journals: string, id: DocumentId): Promise<void> {
    await rm(join(journals, keyOf(id), "open"), { force: true });
  }

  /** Resolves with whether it was marked already: who had it open then ended without a word, or could not write everything. */
  async markOpen(): Promise<boolean> {
    const mark = join(this.path, "open");
    const wasOpen = (await readFile(mark).catch(absent)) !== null;
    await writeFile(mark, "");
    await syncFolder(this.path);
    return wasOpen;
  }

  /**
   * The base for a merge with `fileText`, after a crash too. `taken` is what the document says it has taken in last.
   *
   * If that is what `taken` holds, the merge got through and the base is its text. And where it is open whether the last
   * write of the file got through, the text that is nearer to the file is the one that it had: somebody may have changed it
   * since.
   */
  async readCommon(fileText: string, taken: unknown): Promise<string> {
    const taking = await readFile(join(this.path, "taken"), "utf8").catch(absent);
    if (taking !== null) {
      const { id, text } = parseJson(Taken, taking, "taken");
      if (id === taken) await this.#writeCommon(text);
      await this.#forgetTaken();
    }
    const common = await readFile(join(this.path, "common"), "utf8");
    const next = await readFile(join(this.path, "next"), "utf8").catch(absent);
    if (next === null || nearest(fileText, common, [next]) === common) return common;
    await this.confirmNext();
    return next;
  }

  /** Before the file's text is merged into the document. Resolves with what the document has to say of it when it has it … */
  async writeTaken(text: string): Promise<string> {
    const taken: z.infer<typeof Taken> = { id: randomUUID(), text };
    await writeDurably(join(this.path, "taken"), new TextEncoder().encode(JSON.stringify(taken)), 0o600);
    return taken.id;
  }

  /** … and after. */
  async confirmTaken(text: string): Promise<void> {
    await this.#writeCommon(text);
    await this.#forgetTaken();
  }

  #writeCommon(text: string): Promise<void> {
    return writeDurably(join(this.path, "common"), encodeText(text, PLAIN), 0o600);
  }

  async #forgetTaken(): Promise<void> {
    // A write of the file that didn't get through is older than what was taken in: nothing to compare with any more.
    await rm(join(this.path, "next"), { force: true });
    await rm(join(this.path, "taken"), { force: true });
    await syncFolder(this.path);
  }

  /** Before the file is written with `text` … */
  writeNext(text: string): Promise<void> {
    return writeDurably(join(this.path, "next"), encodeText(text, PLAIN), 0o600);
  }

  /** … and after. */
  confirmNext(): Promise<void> {
    return renameDurably(join(this.path, "next"), join(this.path, "common"));
  }
}

async function descriptionIn(folder: string): Promise<z.infer<typeof Description> | null> {
  const description = await readFile(join(folder, "document.json"), "utf8").catch(absent);
  return description === null ? null : parseJson(Description, description, folder);
}

async function describeIn(folder: string, { projectId, path }: DocumentId, lineage: string): Promise<void> {
  const description: z.infer<typeof Description> = { projectId, path, lineage };
  await writeDurably(join(folder, "document.json"), new TextEncoder().encode(JSON.stringify(description)), 0o600);
}

function keyOf({ projectId, path }: DocumentId): string {
  return createHash("sha256").update(`${projectId}\0${path}`).digest("hex").slice(0, 40);
}

/** Creates the folder of all of them. */
export async function prepareJournals(journals: string): Promise<void> {
  await mkdir(journals, { recursive: true, mode: 0o700 });
  await syncFolder(dirname(journals));
}
