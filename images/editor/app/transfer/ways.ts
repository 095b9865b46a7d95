/** The ways in and out of a project: files that a person brings, and copies that they take. */
import { MAX_FILE_BYTES } from "../../../../shared/daemon/limits.ts";
import { folderOf } from "../../../../shared/fsml/moves.ts";
import { element } from "../element.ts";
import type { Desk } from "../tools.ts";
import { choose } from "./chosen.ts";
import { upload } from "./upload-box.ts";

/** Asks the person for files, and brings them in. @param folder of the project; "" is the project itself */
export async function bringIn(desk: Desk, kind: "files" | "folder", folder = folderOf(desk.path)): Promise<void> {
  const listing = await choose(kind);
  if (listing) upload(desk, listing, folder);
}

/** The document as a file. What a cell has written may be larger than what people bring in: that is a zip. */
export function takeFile(desk: Desk): void {
  const { projectId, files } = desk.project;
  const { path } = desk;
  const bytes = files.find((file) => file.path === path)?.bytes ?? 0;
  if (bytes > MAX_FILE_BYTES) takeZip(desk, path);
  else download(`/api/projects/${projectId}/file?path=${encodeURIComponent(path)}&download`);
}

/** @param path of a file or folder; "" is the whole project */
export function takeZip({ project }: Desk, path: string): void {
  const query = path === "" ? "" : `?path=${encodeURIComponent(path)}`;
  download(`/api/projects/${project.projectId}/editor/zip${query}`);
}

/** As if the person had pressed a link to it. */
function download(address: string): void {
  element("a", { href: address, download: "" }).click();
}
