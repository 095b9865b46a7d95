/** All images of the platform, brought up to date. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { CACHE } from "../folders.ts";
import { requireSpace } from "../needs/disk.ts";
import { IMAGE_NAMES } from "./context.ts";
import { ensureImage, needsPackages } from "./image.ts";
import { machineStore, sharedStore } from "./store.ts";

/** The three root file systems, each once as a tar and once unpacked, with downloads. */
const SPACE_BYTES = 6 * 1024 ** 3;

/**
 * Returns the id of the host image; the others are in the shared store. Throws the first Fault after all have ended,
 * so that nothing is still being built when the person reads why.
 */
export async function ensureImages(): Promise<string> {
  const { promise: hostImage, resolve, reject } = Promise.withResolvers<string>();
  // Whoever needs it sees why there is none; maybe nobody does.
  hostImage.catch(() => {});
  const store = sharedStore(hostImage);
  const storeOf = { host: machineStore, runtime: store, editor: store };
  const wanting = await Promise.all(IMAGE_NAMES.map((name) => needsPackages(name, storeOf[name])));
  if (wanting.includes(true)) {
    await requireSpace(SPACE_BYTES);
    for (const folder of ["bases", "contexts"]) await rm(join(CACHE, folder), { recursive: true, force: true });
  }

  const host = ensureImage("host", machineStore);
  host.then(resolve, reject);
  // Two at a time: the editor's, the smallest, after the host's.
  const editor = host.then(() => ensureImage("editor", store));
  const outcomes = await Promise.allSettled([host, ensureImage("runtime", store), editor]);
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
  return host;
}
