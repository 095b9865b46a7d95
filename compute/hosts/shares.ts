/** Which project's files each host may see: a link by the host's id, followed by images/host/…/share-serve. */
import { mkdir, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";

export class Shares {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** From now on the host may mount `projectFolder`, and nothing else. */
  async admit(hostId: string, projectFolder: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const link = join(this.#folder, hostId);
    await rm(`${link}.new`, { force: true });
    await symlink(projectFolder, `${link}.new`);
    await rename(`${link}.new`, link);
  }

  /** From now on the host can't connect any more. A connection that it has ends with the host. */
  async expel(hostId: string): Promise<void> {
    await rm(join(this.#folder, hostId), { force: true });
  }
}
