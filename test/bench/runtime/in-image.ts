/** Jupyter inside the runtime image: the same Python and libraries as ours, so that only what runs them differs. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { run } from "../../../infra/local/program.ts";
import { parseJson } from "../../../shared/daemon/fault.ts";
import { BENCH, installJupyter, once, pipInstall, REQUIREMENTS } from "./install.ts";

/** What the image lacks of nbclient and ipykernel; IPython and all that cells use are its own. */
const PACKAGES = [
  ...["ipykernel", "nbclient", "nbformat", "jupyter_client", "jupyter_core", "pyzmq", "tornado", "comm", "psutil"],
  ...["nest-asyncio2", "platformdirs", "fastjsonschema", "jsonschema", "jsonschema-specifications", "referencing"],
  ...["rpds-py", "six"],
];

const Output = z.discriminatedUnion("output_type", [
  z.object({ output_type: z.literal("stream"), name: z.enum(["stdout", "stderr"]), text: z.string() }),
  z.object({ output_type: z.literal("display_data"), data: z.record(z.string(), z.unknown()) }),
  z.object({ output_type: z.literal("execute_result"), data: z.record(z.string(), z.unknown()) }),
  z.object({ output_type: z.literal("error"), ename: z.string(), evalue: z.string() }),
]);
export type JupyterOutput = z.infer<typeof Output>;
/** By the name of the notebook: the outputs of each of its cells. */
const Outputs = z.record(z.string(), z.array(z.array(Output)));

/** A command that runs Podman with the image. */
export interface ImagePlace {
  readonly podman: readonly string[];
  readonly image: string;
}

/** Returns the folder with PACKAGES for the image's Python. Throws Fault("unavailable") without a network. */
export async function installForImage({ podman, image }: ImagePlace): Promise<string> {
  const [program = "", ...rest] = podman;
  const ask = ["run", "--rm", "--network", "none", "--entrypoint", "/usr/bin/python3", image];
  const version = await run(program, [...rest, ...ask, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]);
  const python = await installJupyter();
  const folder = join(BENCH, `jupyter-${version.trim()}`);
  const cause = `${PACKAGES} ${await readFile(REQUIREMENTS)}`;
  await once(folder, cause, `fetching Jupyter for Python ${version.trim()}`, async () => {
    const where = ["--target", folder, "--python-version", version.trim(), "--only-binary", ":all:", "--no-deps"];
    await pipInstall(python, [...where, "--constraint", REQUIREMENTS, ...PACKAGES]);
  });
  return folder;
}

/**
 * Runs notebooks, each a list of cells, in a container without a network, in a copy of `project`.
 * @param packages from installForImage
 */
export async function runInJupyter(
  { podman, image }: ImagePlace,
  packages: string,
  project: string,
  notebooks: Readonly<Record<string, readonly string[]>>,
): Promise<z.infer<typeof Outputs>> {
  const folder = await mkdtemp(join(tmpdir(), "notebooks-"));
  await writeFile(join(folder, "notebooks.json"), JSON.stringify(notebooks));
  const files = [
    ...["-C", dirname(packages), basename(packages), "-C", dirname(project), basename(project)],
    ...["-C", import.meta.dirname, "run_notebooks.py", "-C", folder, "notebooks.json"],
  ];
  const names = [`--transform=s,^${basename(packages)},jupyter,`, `--transform=s,^${basename(project)},project,`];
  // The image's Podman may see other folders than this process: all that is needed goes in through stdin.
  const tar = spawn("tar", ["-c", ...names, ...files], { stdio: ["ignore", "pipe", "inherit"] });
  const [program = "", ...rest] = podman;
  const script = "tar -x -C / && PYTHONPATH=/jupyter exec python3 /run_notebooks.py /notebooks.json";
  const limits = ["--network", "none", "--memory", "2g", "--memory-swap", "2g"];
  const container = spawn(
    program,
    [...rest, "run", "--rm", "--interactive", ...limits, "--entrypoint", "/bin/sh", image, "-c", script],
    { stdio: [tar.stdout, "pipe", "pipe"] },
  );
  const ended = new Promise<number | null>((resolve) => container.once("close", resolve));
  const [stdout, stderr, status] = await Promise.all([text(container.stdout), text(container.stderr), ended]);
  await rm(folder, { recursive: true });
  if (status !== 0) throw new Error(`nbclient ended with ${status}:\n${stderr}`);
  return parseJson(Outputs, stdout, "the notebooks");
}
