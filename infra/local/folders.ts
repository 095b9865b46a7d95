/** Where the local platform keeps its things. All of it is ignored by git. */
import { dirname, join, resolve } from "node:path";

export const REPOSITORY = dirname(dirname(import.meta.dirname));
export const DIST = join(REPOSITORY, "dist");

const MARKCO = join(REPOSITORY, ".markco");

/** Built once and shared by every platform that this clone starts. */
export const CACHE = join(MARKCO, "cache");
export const IMAGES = join(MARKCO, "images");
/** Podman's store for the host image and the containers made from it, apart from the person's own Podman. */
export const PODMAN_STORE = join(MARKCO, "podman", "store");
export const PODMAN_NETWORKS = join(MARKCO, "podman", "networks");

export interface StateFolders {
  readonly root: string;
  /** The base server's disk: projects, journal and checkpoints. */
  readonly data: string;
  /** The base server's own container store. */
  readonly containers: string;
  readonly database: string;
  readonly s3: string;
  /** The local EC2's instances and their disks. */
  readonly ec2: string;
  /** The Worker's cache. */
  readonly edge: string;
  readonly secrets: string;
  /** What runs now; emptied by an orderly stop. */
  readonly run: string;
}

/**
 * One platform's state. `MARKCO_STATE` names another folder, so that tests run beside a platform in use.
 * @param environment the process's environment
 */
export function stateFolders(environment: NodeJS.ProcessEnv): StateFolders {
  const root = environment.MARKCO_STATE ? resolve(environment.MARKCO_STATE) : MARKCO;
  return {
    root,
    data: join(root, "base", "data"),
    containers: join(root, "base", "containers"),
    database: join(root, "db"),
    s3: join(root, "s3"),
    ec2: join(root, "ec2"),
    edge: join(root, "edge"),
    secrets: join(root, "secrets.json"),
    run: join(root, "run"),
  };
}
