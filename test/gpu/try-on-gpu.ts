/**
 * The way of a runtime to a GPU, on a machine that has one: NVIDIA's driver 570 or later and cuda-checkpoint in the path, root,
 * nothing else. Two machines are made as on the local platform; one gets the driver.
 *   node infra/bootstrap.mjs test/gpu/try-on-gpu.ts              the real thing
 *   node infra/bootstrap.mjs test/gpu/try-on-gpu.ts --stand-in   tries this script on a machine without a GPU
 */
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { findTool, isDriverLibrary } from "../../compute/agent/gpu/shelf.ts";
import { buildAll } from "../../infra/build.ts";
import { hostOptions } from "../../infra/local/host-container.ts";
import { ensureImages } from "../../infra/local/images/images.ts";
import { podman, removeContainer } from "../../infra/local/podman.ts";

const ROOT = join(import.meta.dirname, "../..");
const LIBRARIES = ["/usr/lib/x86_64-linux-gnu", "/usr/lib64"];
const TOOLS = "/opt/machine-tools";
/** Copied, since the last check puts one of them away. */
const BOOT = ["sh", "-c", `cp ${TOOLS}/* /usr/bin/ && exec "$@"`, "boot"];
const STAND_IN = [
  "--env",
  "STAND_IN_DRIVER=580.95.05",
  "--volume",
  `${ROOT}/infra/local/ec2/stand-in-gpu:/opt/stand-in-gpu:ro`,
];

/** Options that give a container the driver of this machine; its devices come with `--privileged`. */
async function driverOfThisMachine(): Promise<string[]> {
  const found: string[] = [];
  for (const folder of LIBRARIES) {
    const names = await readdir(folder).catch(() => []);
    // In the machine that is made there is only Debian's folder.
    for (const name of names.filter(isDriverLibrary)) found.push(`${folder}/${name}:${LIBRARIES[0]}/${name}:ro`);
  }
  if (found.length === 0) throw new Error("this machine has no NVIDIA driver; --stand-in tries the script without one");
  for (const tool of ["nvidia-smi", "cuda-checkpoint", "nvidia-modprobe"]) {
    const path = await findTool(tool);
    if (path !== null) found.push(`${path}:${TOOLS}/${tool}:ro`);
  }
  return found.flatMap((volume) => ["--volume", volume]);
}

async function onMachine(folder: string, name: string, step: string, options: string[], boot: string[]): Promise<void> {
  const containers = join(folder, name);
  await mkdir(containers, { recursive: true });
  console.log(`${step}:`);
  const container = `markco-try-on-gpu-${name}`;
  await removeContainer(container);
  try {
    const said = await podman([
      ...["run", "--name", container, ...hostOptions({ hostname: name, containers, place: ["--network", "none"] })],
      ...["--volume", `${folder}/shared:/shared`, ...options, image, ...boot],
      ...["sh", "-c", `node ${PROGRAM} "$0" 2>&1 || true`, step],
    ]);
    process.stdout.write(said);
    if (!said.endsWith(`${step} is done\n`)) process.exitCode = 1;
  } finally {
    await removeContainer(container);
  }
}

/** Debian's Node takes no TypeScript. */
const PROGRAM = "/shared/on-machine.mjs";

const isStandIn = process.argv.includes("--stand-in");
const driver = isStandIn ? STAND_IN : await driverOfThisMachine();
await buildAll(["daemon", "editor", "app", "theme", "reader"]);
const image = await ensureImages();
await mkdir(join(ROOT, ".markco"), { recursive: true });
const folder = await mkdtemp(join(ROOT, ".markco/try-on-gpu-"));
for (const name of ["project", "archives"]) await mkdir(join(folder, "shared", name), { recursive: true });
await build({
  entryPoints: [join(import.meta.dirname, "on-machine.ts")],
  outfile: join(folder, PROGRAM),
  ...{ bundle: true, platform: "node", target: "node24", format: "esm", logLevel: "warning" },
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
});
try {
  await onMachine(folder, "without", "start", [], []);
  if (process.exitCode === undefined) {
    await onMachine(folder, "with", "go-on", driver, isStandIn ? ["/opt/stand-in-gpu/boot"] : BOOT);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
console.log(
  process.exitCode ? "it does not hold" : isStandIn ? "all holds, on the STAND-IN" : "all holds, on this GPU",
);
