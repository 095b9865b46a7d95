/** The files that a person has chosen, or dropped here from elsewhere on their machine: folders with all that is in them. */
import { MAX_FILES } from "../../../../shared/daemon/limits.ts";
import { isTooling } from "../../../../shared/fsml/path.ts";
import { element } from "../element.ts";

export interface Chosen {
  /** With the folders that were chosen with it. */
  readonly path: string;
  readonly file: File;
}

/** What was chosen, and folders of tools in it that nobody looked into. */
export interface Listing {
  readonly files: readonly Chosen[];
  readonly unread: readonly string[];
}

/** Asks the person. Resolves with null if they don't want to. */
export function choose(kind: "files" | "folder"): Promise<Listing | null> {
  const input = element("input", { type: "file", multiple: true, webkitdirectory: kind === "folder" });
  return new Promise((resolve) => {
    input.addEventListener("cancel", () => resolve(null));
    input.addEventListener("change", () => {
      const files = [...(input.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
      resolve({ files, unread: [] });
    });
    input.click();
  });
}

/** To be called while the drop is handled: later the browser says nothing of it any more. */
export function dropped(data: DataTransfer): Promise<Listing> {
  const loose: Chosen[] = [];
  const entries: FileSystemEntry[] = [];
  for (const item of data.items) {
    const entry = item.webkitGetAsEntry();
    const file = item.getAsFile();
    if (entry) entries.push(entry);
    else if (file) loose.push({ path: file.name, file });
  }
  return walk(entries, loose);
}

async function walk(entries: readonly FileSystemEntry[], files: Chosen[]): Promise<Listing> {
  const unread: string[] = [];
  async function take(entry: FileSystemEntry, prefix: string): Promise<void> {
    // One more says that there are too many.
    if (files.length > MAX_FILES) return;
    const path = prefix + entry.name;
    if (isFolder(entry)) {
      if (isTooling(entry.name)) unread.push(path);
      else for (const child of await childrenOf(entry)) await take(child, `${path}/`);
    } else if (isFile(entry)) {
      files.push({ path, file: await new Promise((resolve, reject) => entry.file(resolve, reject)) });
    }
  }
  for (const entry of entries) await take(entry, "");
  return { files, unread };
}

const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;

/** A reader hands out a part at a time, and nothing at the end. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return children;
    children.push(...some);
  }
}
