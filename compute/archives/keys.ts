/** What archives are sealed with: one secret of this installation, from which each archive's own key is derived. */
import { hkdfSync, randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "../projects/folders.ts";

const SECRET_BYTES = 32;
const KEY_BYTES = 32;

export class ArchiveKeys {
  readonly #secret: Buffer;

  /** @param secret 32 random bytes */
  constructor(secret: Buffer) {
    if (secret.length !== SECRET_BYTES) throw new Error("the key of the archives is not whole");
    this.#secret = secret;
  }

  /**
   * With the secret in `file`, which is made, for root alone, if it is not there. It is never made again while archives may be
   * sealed with it: an operator who loses it loses them, so it belongs in a backup of the base server.
   */
  static async open(file: string): Promise<ArchiveKeys> {
    const kept = await readFile(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      return null;
    });
    return new ArchiveKeys(kept ?? (await make(file)));
  }

  /** The key of the archive of this name and salt, and of no other. */
  derive(name: string, salt: Buffer): Buffer {
    return Buffer.from(hkdfSync("sha256", this.#secret, salt, `markco archive ${name}`, KEY_BYTES));
  }
}

async function make(file: string): Promise<Buffer> {
  const secret = randomBytes(SECRET_BYTES);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const made = await open(`${file}.new`, "w", 0o600);
  try {
    await made.writeFile(secret);
    await made.sync();
  } finally {
    await made.close();
  }
  await rename(`${file}.new`, file);
  await syncFolder(dirname(file));
  return secret;
}
