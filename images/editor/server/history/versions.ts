/**
 * The versions of a document on disk, in the folder `history` of its state folder: `index.json`, and the text of each version
 * by its id (`12.gz`). A text is there before the index names it, and goes after.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import * as z from "zod";
import { Fault, parseJson } from "../../../../shared/daemon/fault.ts";
import { Version } from "../../../../shared/editor/history.ts";
import { absent, syncFolder, writeDurably } from "../files/durable.ts";
import { thinned } from "./thin.ts";

const KeptVersion = Version.extend({ bytes: z.int(), digest: z.string() });
export type KeptVersion = z.infer<typeof KeptVersion>;

/** Changes that are no version yet: after a crash it is still known whose they are. */
const Begun = Version.pick({ began: true, authors: true });
export type Begun = z.infer<typeof Begun>;

const Index = z.object({ versions: z.array(KeptVersion), begun: Begun.nullable() });

export class Versions {
  readonly #folder: string;
  #index: z.infer<typeof Index>;

  private constructor(folder: string, index: z.infer<typeof Index>) {
    this.#folder = folder;
    this.#index = index;
  }

  /** @param state the document's state folder */
  static async open(state: string): Promise<Versions> {
    const folder = join(state, "history");
    const index = await readFile(join(folder, "index.json"), "utf8").catch(absent);
    if (index !== null) return new Versions(folder, parseJson(Index, index, folder));
    return new Versions(folder, { versions: [], begun: null });
  }

  get all(): readonly KeptVersion[] {
    return this.#index.versions;
  }

  get begun(): Begun | null {
    return this.#index.begun;
  }

  begin(begun: Begun): Promise<void> {
    return this.#write({ ...this.#index, begun });
  }

  /** Keeps the text as the newest version, unless that is what the newest one has. Nothing is begun then. */
  async add(text: string, { began, authors }: Begun, ended: string): Promise<void> {
    const last = this.#index.versions.at(-1);
    const digest = createHash("sha256").update(text).digest("base64");
    if (last?.digest === digest) {
      if (this.#index.begun) await this.#write({ ...this.#index, begun: null });
      return;
    }
    const id = (last?.id ?? 0) + 1;
    const packed = await promisify(gzip)(text);
    await this.#prepare();
    await writeDurably(this.#fileOf(id), packed, 0o600);
    const all = [...this.#index.versions, { id, began, ended, authors, bytes: packed.length, digest }];
    const versions = thinned(all, Date.parse(ended));
    await this.#write({ versions, begun: null });
    await this.#tidy();
  }

  /** Throws Fault("not_found"). */
  async textOf(id: number): Promise<string> {
    const isKept = this.#index.versions.some((version) => version.id === id);
    if (!isKept) throw new Fault("not_found", "there is no such version any more");
    return (await promisify(gunzip)(await readFile(this.#fileOf(id)))).toString();
  }

  #fileOf(id: number): string {
    return join(this.#folder, `${id}.gz`);
  }

  async #prepare(): Promise<void> {
    if ((await mkdir(this.#folder, { recursive: true, mode: 0o700 })) !== undefined)
      await syncFolder(join(this.#folder, ".."));
  }

  async #write(index: z.infer<typeof Index>): Promise<void> {
    await this.#prepare();
    await writeDurably(join(this.#folder, "index.json"), new TextEncoder().encode(JSON.stringify(index)), 0o600);
    this.#index = index;
  }

  /** Also what a crash left between a text and the index. */
  async #tidy(): Promise<void> {
    const named = new Set(["index.json", ...this.#index.versions.map(({ id }) => `${id}.gz`)]);
    for (const name of await readdir(this.#folder)) if (!named.has(name)) await rm(join(this.#folder, name));
  }
}
