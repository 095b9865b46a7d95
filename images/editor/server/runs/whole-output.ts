/** All of a long output, as a file of the project that is named by its content. */
import { createHash } from "node:crypto";
import { access, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeDurably } from "../files/durable.ts";

/** Returns its path in the project. Content that is there already is not written again. */
export async function writeWholeOutput(projectFolder: string, assetDir: string, text: string): Promise<string> {
  const path = `${assetDir}/${createHash("sha256").update(text).digest("hex").slice(0, 12)}.txt`;
  const file = join(projectFolder, path);
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (isThere) return path;
  await mkdir(dirname(file), { recursive: true });
  await writeDurably(file, Buffer.from(text));
  return path;
}
