/** `markco import`: checks a folder, then sends it. Nothing is sent that would be refused, and nothing half-sent stays. */
import { createHash } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { describeProblem, parseConfig } from "../../shared/config/config.ts";
import { firstConfig, titleOfFolder } from "../../shared/config/first-config.ts";
import { Slug } from "../../shared/daemon/contract.ts";
import { Fault, parse } from "../../shared/daemon/fault.ts";
import { MAX_FILE_BYTES } from "../../shared/daemon/limits.ts";
import { problemOfPath } from "../../shared/fsml/path.ts";
import { slugOf } from "../../shared/new-project.ts";
import { type Client, openClient } from "./client.ts";
import { type Command, UsageFault } from "./command.ts";
import { walk } from "./walk.ts";

/** Made by tools, large, and made again where the project lands. */
const LEFT_OUT = new Set([".git", ".venv", ".mrmd", "node_modules", "__pycache__", ".ipynb_checkpoints"]);
const UPLOADS_AT_ONCE = 8;

interface LocalFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export const command: Command = {
  name: "import",
  usage: "markco import DIR [--name NAME] [--init] [--json]",
  summary: "bring a folder with an mrmd.md in as a project",
  help: `
The project is called like the folder, or NAME: a-z, 0-9 and inner . _ -.
With --init, a folder without mrmd.md gets one: with its name and a site for members, which opens with the README.
Left out: ${[...LEFT_OUT].join(", ")}, and, with a warning, symbolic links.
A folder without mrmd.md, a wrong configuration, a document that is not UTF-8 or a file above 25 MiB is refused
before anything is sent.`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { name: { type: "string" }, init: { type: "boolean" }, json: { type: "boolean" } },
    });
    const [folder] = positionals;
    if (folder === undefined || positionals.length !== 1) throw new UsageFault("name one folder: markco import DIR");
    const root = resolve(folder);
    const name = parse(Slug, values.name ?? slugOf(basename(root)), "--name");
    if (values.init) await writeFirstConfig(root, folder, name);
    const files = await readFolder(root, folder);
    const client = await openClient();
    const { projectId, owner } = await send(client, root, name, files);
    const url = `${client.url}/edit/@${owner.handle}/${name}`;
    if (values.json) process.stdout.write(`${JSON.stringify({ projectId, name, files: files.length, url })}\n`);
    else process.stdout.write(`imported ${name} (${files.length} files) → ${url}\n`);
    return 0;
  },
};

const Begun = z.object({ importId: z.uuid(), projectId: z.uuid(), owner: z.object({ handle: z.string() }) });
type Begun = z.infer<typeof Begun>;

const Me = z.object({ user: z.object({ handle: z.string() }) });

/** An `mrmd.md` that is there stays as it is. */
async function writeFirstConfig(root: string, shown: string, name: string): Promise<void> {
  const paths = await pathsIn(root, shown);
  if (paths.includes("mrmd.md")) return;
  const { user } = await (await openClient()).json(Me, "GET", "/api/me");
  const config = firstConfig(titleOfFolder(basename(root)), `${user.handle}/${name}`, paths);
  await writeFile(join(root, "mrmd.md"), config, { flag: "wx" });
  process.stderr.write(`markco: wrote ${join(shown, "mrmd.md")}\n`);
}

/** All files that make up the project, checked. Throws Fault("invalid") with the first thing that is wrong. */
async function readFolder(root: string, shown: string): Promise<LocalFile[]> {
  const paths = await pathsIn(root, shown, (path) =>
    process.stderr.write(`markco: ${path} is left out: it is no ordinary file\n`),
  );
  if (!paths.includes("mrmd.md"))
    throw new Fault("invalid", `${shown} has no mrmd.md: that file marks the root of a project; --init writes one`);
  const configuration = parseConfig(await readFile(join(root, "mrmd.md"), "utf8"));
  if ("problems" in configuration)
    throw new Fault("invalid", configuration.problems.map(describeProblem)[0] ?? "mrmd.md is not valid");
  const files: LocalFile[] = [];
  for (const path of paths) files.push(await readLocalFile(root, path));
  return files;
}

async function pathsIn(root: string, shown: string, leaveOut = (_path: string) => {}): Promise<string[]> {
  const info = await stat(root).catch(() => null);
  if (!info?.isDirectory()) throw new Fault("invalid", `${shown} is not a folder`);
  return walk(root, { isLeftOut: (name) => LEFT_OUT.has(name), leaveOut });
}

async function readLocalFile(root: string, path: string): Promise<LocalFile> {
  const problem = problemOfPath(path);
  if (problem) throw new Fault("invalid", problem);
  const { size } = await stat(join(root, path));
  if (size > MAX_FILE_BYTES)
    throw new Fault("invalid", `${path} has ${Math.round(size / 1e6)} MB; a file may have 25 MiB`);
  const content = await readFile(join(root, path));
  if (/\.(md|qmd)$/i.test(path)) {
    const offset = firstBadByte(content);
    if (offset !== null) throw new Fault("invalid", `${path} is not UTF-8 (byte ${offset}); save it in that encoding`);
  }
  return { path, bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") };
}

/** Offset of the first byte that is not part of UTF-8 text, or null. */
function firstBadByte(content: Buffer): number | null {
  const text = content.toString("utf8");
  const back = Buffer.from(text, "utf8");
  if (back.equals(content)) return null;
  let at = 0;
  while (at < back.length && back[at] === content[at]) at++;
  return at;
}

async function send(client: Client, root: string, name: string, files: readonly LocalFile[]): Promise<Begun> {
  const begun = await client.json(Begun, "POST", "/api/imports", { name, files }).catch((error: unknown) => {
    if (error instanceof Fault && error.code === "conflict")
      throw new Fault("conflict", `${error.message} with --name`, error.at);
    throw error;
  });
  const { importId } = begun;
  try {
    const queue = files.values();
    const upload = async () => {
      for (const { path } of queue) {
        const content = new Uint8Array(await readFile(join(root, path)));
        await client.request("PUT", `/api/imports/${importId}/file?path=${encodeURIComponent(path)}`, content);
      }
    };
    await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, upload));
    await client.request("POST", `/api/imports/${importId}/commit`);
    return begun;
  } catch (error) {
    await client.request("DELETE", `/api/imports/${importId}`).catch(() => {});
    throw error;
  }
}
