/** What makes a container of ours a machine that runs containers itself: the base server, and every local "instance". */
import { SHARED_STORE, SHARED_STORE_MOUNT } from "./images/store.ts";

export interface HostContainer {
  readonly hostname: string;
  /** Folder for its container store: no overlay on overlay, so it needs a real file system. */
  readonly containers: string;
  readonly place: readonly string[];
}

/** Options of `podman run`. */
export function hostOptions({ hostname, containers, place }: HostContainer): string[] {
  return [
    // A private cgroup namespace makes restores inside possible and keeps two hosts' copies of one container apart;
    // an init reaps the monitors of containers that were removed.
    ...["--privileged", "--init", "--cgroupns", "private"],
    // Nothing inside may raise a hard limit where CAP_SYS_RESOURCE is missing.
    ...["--ulimit", "nofile=1024:20000", "--ulimit", "nproc=4096:4096"],
    ...place,
    ...["--hostname", hostname],
    ...["--tmpfs", "/run:exec,mode=755"],
    ...["--volume", `${containers}:/var/lib/containers`],
    ...["--volume", `${SHARED_STORE}:${SHARED_STORE_MOUNT}:ro`],
  ];
}
