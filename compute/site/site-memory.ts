/** What is known of a project's files since its site was read last, so that a save costs what has changed and not the whole site. */
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Size } from "./image-size.ts";
import type { PageFacts } from "./page-facts.ts";

/** A file that was written within this time before it was looked at may be written again without a new time stamp (ms). */
const SETTLED_MS = 1_000;

interface Known<Facts> {
  /** Names the file's state on the disk; null if it can't be relied on. */
  readonly stamp: string | null;
  readonly sha256: string;
  readonly bytes: number;
  readonly facts: Facts;
}

export class SiteMemory {
  readonly pages = new Remembered<PageFacts>();
  readonly assets = new Remembered<Size | null>();
}

class Remembered<Facts> {
  #known = new Map<string, Known<Facts>>();

  /**
   * What is to be known of all these files, in their order. Only what has changed is read, and only new content looked at.
   * @param read gives null for a file that can't be published
   */
  async of(
    root: string,
    paths: readonly string[],
    read: (path: string) => Promise<Buffer | null>,
    look: (path: string, content: Buffer) => Facts,
  ): Promise<(Known<Facts> & { readonly path: string })[]> {
    const known = new Map<string, Known<Facts>>();
    const stamps = await Promise.all(paths.map((path) => stampOf(join(root, path))));
    for (const [i, path] of paths.entries()) {
      const before = this.#known.get(path);
      const stamp = stamps[i] ?? null;
      if (before && stamp !== null && before.stamp === stamp) {
        known.set(path, before);
        continue;
      }
      const content = await read(path);
      if (!content) continue;
      const sha256 = hashOf(content);
      const facts = before?.sha256 === sha256 ? before.facts : look(path, content);
      known.set(path, { stamp, sha256, bytes: content.length, facts });
    }
    this.#known = known;
    return [...known].map(([path, file]) => ({ path, ...file }));
  }
}

/** ctime can't be set by programs: whoever changes content, name or times of a file raises it. */
async function stampOf(file: string): Promise<string | null> {
  const info = await stat(file, { bigint: true }).catch(() => null);
  if (!info?.isFile() || Date.now() - Number(info.ctimeMs) < SETTLED_MS) return null;
  return `${info.dev}:${info.ino}:${info.size}:${info.ctimeNs}`;
}

export function hashOf(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}
