/** The two places that images live in: the machine's Podman (host) and the store that all hosts share (runtime, editor). */
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { CACHE, IMAGES, PODMAN_STORE } from "../folders.ts";
import { podman } from "../podman.ts";

export interface ImageStore {
  /** Runs `podman …` on the store. Paths below CACHE are the same inside. Throws Fault("unavailable"). */
  podman(args: readonly string[]): Promise<string>;
  /** True if the store holds the image; asks the disk, since asking Podman takes longer than all the rest of a start. */
  has(id: string): boolean;
}

const holds = (store: string, id: string) => existsSync(join(store, "overlay-images", id));

export const machineStore: ImageStore = { podman, has: (id) => holds(PODMAN_STORE, id) };

/** Mounted read-only into every host container, where storage.conf names it. */
export const SHARED_STORE = join(IMAGES, "store");
export const SHARED_STORE_MOUNT = "/var/lib/markco/images";

/**
 * The shared store, written by the host image's own Podman: an older Podman outside would write what a newer one
 * inside must migrate, which it can't do on a read-only mount.
 * @param hostImage awaited only when something is to be written
 */
export function sharedStore(hostImage: Promise<string>): ImageStore {
  return {
    has: (id) => holds(SHARED_STORE, id),
    async podman(args) {
      await mkdir(SHARED_STORE, { recursive: true });
      await mkdir(CACHE, { recursive: true });
      return podman([
        ...["run", "--rm", "--privileged", "--init", "--network", "none", "--cgroupns", "private"],
        ...["--ulimit", "nofile=1024:20000", "--ulimit", "nproc=4096:4096", "--tmpfs", "/run:exec"],
        ...["--volume", `${SHARED_STORE}:/store`, "--volume", `${CACHE}:${CACHE}`],
        ...[await hostImage, "podman", "--root", "/store", "--storage-driver", "overlay", ...args],
      ]);
    },
  };
}
