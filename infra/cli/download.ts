/** `markco download`: a copy of a project, a folder or a file of it. */
import { createWriteStream } from "node:fs";
import { lstat, rename, rm, stat } from "node:fs/promises";
import { basename } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { ProjectState } from "../../shared/daemon/contract.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import { MAX_FILE_BYTES } from "../../shared/daemon/limits.ts";
import { openClient } from "./client.ts";
import { type Command, UsageFault } from "./command.ts";
import { splitTarget } from "./target.ts";

export const command: Command = {
  name: "download",
  usage: "markco download PROJECT[/PATH] [-o FILE] [--json]",
  summary: "take a copy of a project, or of a part of it",
  help: `
PROJECT is a name or @owner/name. With the PATH of a file the file itself, else a zip: of that folder, or of all of the
project, also of what is not published. What somebody is typing is in it; tooling (.git, node_modules, …) is not.
A file above 25 MiB, which a cell has written, comes as a zip, too.
  -o, --output FILE   where it goes; without it, here, under its own name. A file that is there is not written over
  --json              print what came of it: {"file", "bytes"}`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { output: { type: "string", short: "o" }, json: { type: "boolean", default: false } },
    });
    const [target] = positionals;
    if (target === undefined || positionals.length !== 1)
      throw new UsageFault("name what to download: markco download PROJECT[/PATH]");
    const [name, path] = splitTarget(target);
    const client = await openClient();
    const { projectId, slug } = await client.project(name);
    const at = `/api/projects/${projectId}`;
    const wanted = copyOf(await client.json(ProjectState, "GET", at), path);
    const file = values.output ?? basename(wanted.kind === "file" ? wanted.path : `${path ?? slug}.zip`);
    if (await lstat(file).catch(() => null))
      throw new Fault("conflict", `${file} is there already; name another with -o`);
    await keep(file, await client.request("GET", at + wanted.address));
    const { size: bytes } = await stat(file);
    process.stdout.write(values.json ? `${JSON.stringify({ file, bytes })}\n` : `${file} (${bytes} bytes)\n`);
    return 0;
  },
};

type Copy = { readonly address: string } & (
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "zip" }
);

/** Throws Fault("not_found"). */
function copyOf({ slug, files }: ProjectState, path: string | null): Copy {
  if (path === null) return { kind: "zip", address: "/editor/zip" };
  const query = `?path=${encodeURIComponent(path)}`;
  const file = files.find((each) => each.path === path);
  if (file && file.bytes <= MAX_FILE_BYTES) return { kind: "file", path, address: `/file${query}&download` };
  if (!file && !files.some((each) => each.path.startsWith(`${path}/`)))
    throw new Fault("not_found", `${slug} has no file or folder ${path}`);
  return { kind: "zip", address: `/editor/zip${query}` };
}

/** It takes its name when all of it is here. */
async function keep(file: string, { body }: Response): Promise<void> {
  const part = `${file}.part`;
  try {
    await pipeline(body ? Readable.fromWeb(body) : Readable.from([]), createWriteStream(part));
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    // The disk says which file it is about.
    if (error instanceof Error && "path" in error) throw error;
    throw new Fault("unavailable", "the download broke off before its end; try again");
  }
}
