/** Keeps pictures that people put into documents with the project's files (shared/editor/pictures.ts). */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { Fault } from "../../../../shared/daemon/fault.ts";
import { PICTURES } from "../../../../shared/editor/pictures.ts";
import { readConfiguration } from "./configuration.ts";
import { writeDurably } from "./durable.ts";
import { ownFolder } from "./own-folder.ts";

/** Returns the picture's path in the project at `root` once it is durable; the same content has the same. Throws Fault("invalid" | "conflict"). */
export async function keepPicture(root: string, type: string, content: Uint8Array): Promise<string> {
  const ending = PICTURES.get(type);
  if (ending === undefined)
    throw new Fault("invalid", `a picture is one of ${[...PICTURES.keys()].join(", ")}; this is ${type}`);
  if (content.length === 0) throw new Fault("invalid", "the picture is empty");
  const directory = (await readConfiguration(root)).assets?.directory ?? "_assets";
  const name = `${createHash("sha256").update(content).digest("hex").slice(0, 16)}.${ending}`;
  await writeDurably(join(await ownFolder(root, directory.split("/")), name), content);
  return `${directory}/${name}`;
}
