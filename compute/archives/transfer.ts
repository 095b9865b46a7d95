/** An archive on its way to S3 and home: sealed as it leaves, checked frame by frame and as a whole as it comes. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { HostAgent } from "../agent/host-agent.ts";
import { blocks } from "./blocks.ts";
import type { ArchiveKeys } from "./keys.ts";
import type { ColdArchive, Digest } from "./records.ts";
import { DamagedArchive, seal, unseal } from "./seal.ts";
import { type ArchiveStore, PART_BYTES, type Part } from "./store.ts";

export interface Passage {
  readonly home: HostAgent;
  readonly store: ArchiveStore;
  readonly keys: ArchiveKeys;
}

/**
 * Sends the base server's archive of the runtime and returns what it was. Throws Fault, or what `signal` was aborted with.
 * @param begun called with the upload's id before anything is sent
 */
export async function send(
  { home, store, keys }: Passage,
  runtimeId: string,
  name: string,
  begun: (upload: string) => void,
  signal: AbortSignal,
): Promise<Digest> {
  const upload = await store.begin(name);
  begun(upload);
  const sum = new Sum();
  const sealed = seal(keys, name, sum.of(await home.readArchive(runtimeId)));
  const parts: Part[] = [];
  for await (const { block } of blocks(sealed, PART_BYTES)) {
    signal.throwIfAborted();
    parts.push(await store.put(name, upload, parts.length + 1, block, signal));
  }
  await store.complete(name, upload, parts);
  return sum.digest();
}

/**
 * Reads what S3 has from its first to its last byte. What it says of an object, an ETag, means another thing for each way
 * of encryption at rest; what it gives out is what will be given out at the wake. Throws DamagedArchive.
 */
export async function verify(passage: Passage, archive: ColdArchive, signal: AbortSignal): Promise<void> {
  for await (const _ of checked(passage, archive)) signal.throwIfAborted();
}

/** Puts the archive in its place on the base server's disk, whole or not at all. Throws DamagedArchive. */
export async function fetchHome(passage: Passage, runtimeId: string, archive: ColdArchive): Promise<void> {
  let why: unknown = null;
  async function* content(): AsyncGenerator<Buffer, void> {
    try {
      yield* checked(passage, archive);
    } catch (error) {
      why = error;
      throw error;
    }
  }
  // Whoever unpacks it may say in words of its own that it has ended too early.
  await passage.home
    .writeArchive(runtimeId, Readable.from(content(), { highWaterMark: 1 }))
    .catch((error: unknown) => Promise.reject(why ?? error));
}

const isSame = (a: Digest, b: Digest) => a.bytes === b.bytes && a.sha256 === b.sha256;

/** Throws at its end if it was not what was sent, so that nobody takes it for whole before. */
async function* checked({ store, keys }: Passage, archive: ColdArchive): AsyncGenerator<Buffer, void> {
  const sum = new Sum();
  yield* sum.of(unseal(keys, archive.name, await store.read(archive.name)));
  if (!isSame(sum.digest(), archive)) throw new DamagedArchive();
}

class Sum {
  readonly #hash = createHash("sha256");
  #bytes = 0;

  async *of(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
    for await (const chunk of content) {
      this.#hash.update(chunk);
      this.#bytes += chunk.length;
      yield chunk;
    }
  }

  digest(): Digest {
    return { bytes: this.#bytes, sha256: this.#hash.digest("hex") };
  }
}
