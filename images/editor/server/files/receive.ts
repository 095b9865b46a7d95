/** What somebody sends, written to a file of ours while it arrives: nothing of it is held. */
import { open } from "node:fs/promises";
import { Fault } from "../../../../shared/daemon/fault.ts";

const FULL = new Set(["ENOSPC", "EDQUOT"]);

/**
 * Resolves once the file is there, whole and durable. Throws Fault("too_large" | "invalid" | "unavailable"): it is up to the
 * caller then to remove what there is of it.
 * @param most bytes
 */
export async function receive(path: string, content: AsyncIterable<Uint8Array>, most: number): Promise<void> {
  const file = await open(path, "wx", 0o644);
  try {
    await file.writeFile(atMost(content, most));
    await file.sync();
  } catch (error) {
    if (error instanceof Error && "code" in error && FULL.has(String(error.code)))
      throw new Fault("unavailable", "the platform's disk is full: the file was not kept");
    throw error;
  } finally {
    await file.close();
  }
}

async function* atMost(content: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of unbroken(content)) {
    bytes += chunk.length;
    if (bytes > most) throw new Fault("too_large", `a file may have ${most} bytes`);
    yield chunk;
  }
}

async function* unbroken(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* content;
  } catch {
    throw new Fault("invalid", "the file broke off before its end");
  }
}
