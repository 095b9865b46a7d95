/** `markco upload`: brings files and folders into a project that is there. */
import { readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Fault, type FaultCode, parse } from "../../shared/daemon/fault.ts";
import { MAX_FILE_BYTES } from "../../shared/daemon/limits.ts";
import { Placed } from "../../shared/editor/files.ts";
import { type IfTaken, problemOfUpload } from "../../shared/editor/transfer.ts";
import { isTooling } from "../../shared/fsml/path.ts";
import { type Client, openClient } from "./client.ts";
import { type Command, UsageFault } from "./command.ts";
import { printable } from "./printable.ts";
import { splitTarget } from "./target.ts";
import { walk } from "./walk.ts";

const AT_ONCE = 4;

interface LocalFile {
  readonly absolute: string;
  /** In the project. */
  readonly path: string;
}

interface Refused {
  readonly path: string;
  readonly why: string;
}

export const command: Command = {
  name: "upload",
  usage: "markco upload PROJECT[/FOLDER] FILE… [--replace | --keep-both] [--json]",
  summary: "bring files and folders into a project",
  help: `
PROJECT is a name or @owner/name; FOLDER is one of the project's, and is made if it is missing. Each FILE may be a folder:
it comes with its name and all that is in it, without what is for tools (names with a leading dot, node_modules, __pycache__)
and without symbolic links. A file may have 25 MiB.
  --replace     what has the same name goes to the deleted files; whoever has it open goes on in the new one
  --keep-both   the new one is called …-copy where the name is taken
  --json        print what came of it: {"placed", "refused": [{"path", "why"}]}

Without --replace or --keep-both a name that is taken is refused. What is wrong with one file doesn't keep the others; the
exit status is 1 then.`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        replace: { type: "boolean", default: false },
        "keep-both": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
      },
    });
    const [target, ...named] = positionals;
    if (target === undefined || named.length === 0)
      throw new UsageFault("name a project and what to bring in: markco upload PROJECT[/FOLDER] FILE…");
    if (values.replace && values["keep-both"]) throw new UsageFault("--replace and --keep-both exclude each other");
    const ifTaken = values.replace ? "replace" : values["keep-both"] ? "keep-both" : "refuse";
    const [name, folder] = splitTarget(target);
    const files = (await Promise.all(named.map((each) => filesOf(each, folder)))).flat();
    const client = await openClient();
    const { projectId } = await client.project(name);
    const { placed, refused } = await sendAll(client, projectId, files, ifTaken);
    if (values.json) process.stdout.write(`${JSON.stringify({ placed, refused })}\n`);
    else {
      for (const { path, why } of refused) process.stderr.write(`markco: ${printable(path)}: ${why}\n`);
      process.stdout.write(`uploaded ${placed.length} of ${files.length} files to ${target}\n`);
    }
    return refused.length === 0 ? 0 : 1;
  },
};

/** Throws Fault("invalid") if there is no such thing. */
async function filesOf(named: string, folder: string | null): Promise<LocalFile[]> {
  const root = resolve(named);
  const info = await stat(root).catch(() => null);
  const below = (path: string) => (folder === null ? path : `${folder}/${path}`).normalize("NFC");
  if (info?.isFile()) return [{ absolute: root, path: below(basename(root)) }];
  if (!info?.isDirectory()) throw new Fault("invalid", `${named} is no file and no folder`);
  const leaveOut = (path: string) =>
    void process.stderr.write(`markco: ${join(named, path)} is left out: it is no ordinary file\n`);
  const paths = await walk(root, { isLeftOut: isTooling, leaveOut });
  return paths.map((path) => ({ absolute: join(root, path), path: below(`${basename(root)}/${path}`) }));
}

/** What is refused with one of these says nothing about the next file. */
const OF_THE_FILE: ReadonlySet<FaultCode> = new Set(["invalid", "conflict", "too_large"]);

async function sendAll(
  client: Client,
  projectId: string,
  files: readonly LocalFile[],
  ifTaken: IfTaken,
): Promise<{ placed: string[]; refused: Refused[] }> {
  const placed: string[] = [];
  const refused: Refused[] = [];
  const queue = files.values();
  const send = async () => {
    for (const file of queue) {
      try {
        placed.push(await sendFile(client, projectId, file, ifTaken));
      } catch (error) {
        if (!(error instanceof Fault && OF_THE_FILE.has(error.code))) throw error;
        refused.push({ path: file.path, why: error.message });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, send));
  return { placed: placed.sort(), refused };
}

/** Resolves with its path in the project. Throws the platform's Fault. */
async function sendFile(client: Client, projectId: string, { absolute, path }: LocalFile, ifTaken: IfTaken) {
  const problem = problemOfUpload(path);
  if (problem) throw new Fault("invalid", problem);
  const { size } = await stat(absolute);
  if (size > MAX_FILE_BYTES) throw new Fault("too_large", `${Math.round(size / 1e6)} MB; a file may have 25 MiB`);
  const content = new Uint8Array(await readFile(absolute));
  const address = `/api/projects/${projectId}/editor/upload?path=${encodeURIComponent(path)}&taken=${ifTaken}`;
  const answer = await client.request("PUT", address, content);
  return parse(Placed, await answer.json(), "the answer to an upload").path;
}
