/** Which of the chosen files can be brought in, and why the others can't: what the platform would refuse is not sent. */
import { MAX_FILE_BYTES, MAX_FILES, MAX_PROJECT_BYTES } from "../../../../shared/daemon/limits.ts";
import { problemOfUpload } from "../../../../shared/editor/transfer.ts";
import { isTooling } from "../../../../shared/fsml/path.ts";
import { size } from "../size.ts";
import type { Chosen, Listing } from "./chosen.ts";

export interface Refused {
  readonly path: string;
  readonly why: string;
}

export interface Sifted {
  /** Their paths are the project's now. */
  readonly wanted: readonly Chosen[];
  readonly refused: readonly Refused[];
  /** Files and folders of tools: each of them once, whatever it holds. */
  readonly tooling: readonly string[];
  /** Why nothing of it can be brought in. */
  readonly problem: string | null;
}

/** @param folder of the project; "" is the project itself */
export function sift({ files, unread }: Listing, folder: string): Sifted {
  const wanted: Chosen[] = [];
  const refused: Refused[] = [];
  const tooling = new Set(unread);
  for (const { path: chosen, file } of files) {
    const path = (folder === "" ? chosen : `${folder}/${chosen}`).normalize("NFC");
    const why = problemOfUpload(path);
    if (isTooling(chosen)) tooling.add(toolOf(chosen));
    else if (why !== null) refused.push({ path: chosen, why });
    else if (file.size > MAX_FILE_BYTES)
      refused.push({ path: chosen, why: `it is larger than the ${size(MAX_FILE_BYTES)} that a file may have` });
    else wanted.push({ path, file });
  }
  const bytes = wanted.reduce((sum, { file }) => sum + file.size, 0);
  return { wanted, refused, tooling: [...tooling].sort(), problem: problemOf(files.length, bytes) };
}

function problemOf(count: number, bytes: number): string | null {
  if (count > MAX_FILES) return `These are more than ${MAX_FILES} files: bring them in folder by folder.`;
  if (bytes > MAX_PROJECT_BYTES) return `These are ${size(bytes)}: a project may have ${size(MAX_PROJECT_BYTES)}.`;
  return null;
}

/** `sec/node_modules/x/index.js` → `sec/node_modules` */
function toolOf(path: string): string {
  const segments = path.split("/");
  return segments.slice(0, segments.findIndex(isTooling) + 1).join("/");
}
