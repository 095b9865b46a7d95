/**
 * A frozen runtime at rest: a folder with CRIU's images, what the container had written, and `about.json`, which names each part
 * with its checksum and what machine it was frozen on. That file is written last: a folder that has it is whole.
 * It holds a person's secrets, so it is root's alone.
 */
import { execFile } from "node:child_process";
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import * as z from "zod";
import { Fault, parseJson } from "../../shared/daemon/fault.ts";
import { exists, syncFolder } from "../projects/folders.ts";
import { tarOf, untar } from "./container-files.ts";
import type { ArchiveFacts, HostFacts } from "./host-agent.ts";
import { HostFacts as Facts } from "./wire.ts";

const About = z.object({
  facts: Facts,
  /** What is to be used at once and not kept has no checksums. */
  parts: z.array(z.object({ path: z.string(), bytes: z.int(), sha256: z.string().nullable() })),
});
type About = z.infer<typeof About>;

const run = promisify(execFile);
const ABOUT = "about.json";
/** What an archive is made of: `write` takes nothing else. */
export const PARTS = ["images", "files.tar", "changes.json", "changed.tar", "shm.tar", "log"] as const;
const IMAGE = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

export class Archives {
  readonly #folder: string;

  /** @param folder that they lie in */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Where the archive is, or will be. */
  at(id: string): string {
    return join(this.#folder, id);
  }

  /** Where one is made, out of which `finish` makes the archive. */
  draft(id: string): string {
    return `${this.at(id)}.new`;
  }

  /** Null if there is none. */
  async facts(id: string): Promise<ArchiveFacts | null> {
    const file = join(this.at(id), ABOUT);
    const text = await readFile(file, "utf8").catch(() => null);
    if (text === null) return null;
    const { facts, parts } = parseJson(About, text, file);
    return { ...facts, bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0) };
  }

  /**
   * Makes an archive of the draft.
   * @param lasts whether it is kept: then it is durable and can be compared with what it was
   */
  async finish(id: string, facts: HostFacts, lasts: boolean): Promise<void> {
    const draft = this.draft(id);
    const about: About = { facts, parts: await describe(draft, await filesOf(draft), lasts) };
    await writeFile(join(draft, ABOUT), JSON.stringify(about), { mode: 0o600 });
    if (lasts) await this.#sync(id);
    await this.#publish(id);
    // Not before: by these it is known after a crash that what is frozen in the draft is not anywhere else.
    for (const name of await readdir(this.at(id))) {
      const isPart = name === ABOUT || PARTS.some((part) => part === name);
      if (!isPart) await rm(join(this.at(id), name), { recursive: true, force: true });
    }
  }

  /** All of it, as a tar. Throws Fault("not_found"). */
  async read(id: string): Promise<Readable> {
    if ((await this.facts(id)) === null) throw new Fault("not_found", "there is no archive of this runtime here");
    return tarOf(["-C", this.at(id), "--sparse", "-cf", "-", "."]);
  }

  /** Takes what `read` gives, and compares what arrived. Throws Fault("unavailable") if it was damaged on its way. */
  async write(id: string, content: Readable): Promise<void> {
    const draft = this.draft(id);
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { recursive: true, mode: 0o700 });
    await untar(["-C", draft, "-xf", "-"], content);
    await verify(draft);
    await this.#sync(id);
    await this.#publish(id);
  }

  /** Reads all of it again. Throws Fault("unavailable") if a byte is not what it was. */
  verify(id: string): Promise<void> {
    return verify(this.at(id));
  }

  /** Compares the sizes of its parts, which costs nothing. Throws Fault("unavailable") if it ends too early. */
  async requireWhole(id: string): Promise<void> {
    const about = parseJson(About, await readFile(join(this.at(id), ABOUT), "utf8"), ABOUT);
    for (const { path, bytes } of about.parts) {
      const found = await stat(join(this.at(id), path)).catch(() => null);
      if (found?.size !== bytes) throw new Fault("unavailable", "a part of the runtime's state is missing");
    }
  }

  async drop(id: string): Promise<void> {
    for (const path of [this.at(id), this.draft(id)]) await rm(path, { recursive: true, force: true });
  }

  /** Puts it where nothing finds it but an operator. */
  async setAside(id: string): Promise<void> {
    const aside = `${this.at(id)}.unrestored`;
    await rm(aside, { recursive: true, force: true });
    await rename(this.at(id), aside).catch(() => {});
  }

  async #sync(id: string): Promise<void> {
    const draft = this.draft(id);
    for (const path of [...(await filesOf(draft)), ABOUT]) await syncFile(join(draft, path));
    await syncFolder(draft);
  }

  async #publish(id: string): Promise<void> {
    const [draft, place] = [this.draft(id), this.at(id)];
    await rm(place, { recursive: true, force: true });
    await rename(draft, place);
    await syncFolder(dirname(place));
  }
}

async function verify(folder: string): Promise<void> {
  const damaged = () => new Fault("unavailable", "the runtime's state was damaged on its way");
  const text = await readFile(join(folder, ABOUT), "utf8").catch(() => null);
  const about = text === null ? null : About.safeParse(JSON.parse(text));
  if (!about?.success) throw damaged();
  const expected = new Map(about.data.parts.map((part) => [part.path, part]));
  const found = await filesOf(folder);
  if (found.length !== expected.size) throw damaged();
  const areHashed = about.data.parts.some(({ sha256 }) => sha256 !== null);
  for (const { path, bytes, sha256 } of await describe(folder, found, areHashed)) {
    const part = expected.get(path);
    if (part?.bytes !== bytes || part.sha256 !== sha256) throw damaged();
  }
}

/** The parts that are files, by their paths in the folder. */
async function filesOf(folder: string): Promise<string[]> {
  const images = (await readdir(join(folder, "images"))).filter((name) => IMAGE.test(name));
  const others = PARTS.filter((part) => part !== "images");
  const there = await Promise.all(others.map((part) => exists(join(folder, part))));
  return [...images.map((name) => `images/${name}`), ...others.filter((_, i) => there[i])];
}

/** Checksums are another process's work: at a gigabyte a second or less they would keep everybody else here waiting. */
async function describe(folder: string, paths: readonly string[], hash: boolean): Promise<About["parts"]> {
  const sums = new Map<string, string>();
  if (hash) {
    const { stdout } = await run("nice", ["sha256sum", "--", ...paths], { cwd: folder });
    for (const line of stdout.split("\n").slice(0, -1)) sums.set(line.slice(66), line.slice(0, 64));
  }
  return Promise.all(
    paths.map(async (path) => {
      const { size } = await stat(join(folder, path));
      return { path, bytes: size, sha256: sums.get(path) ?? null };
    }),
  );
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
