/**
 * The driver as runtimes see it. A runtime that comes from another machine keeps the mounts that it was started with, so each
 * one has this folder mounted from its start, empty where there is no GPU. What stands in it is the machine's: libraries and
 * device nodes appear under a process that goes on already (images/runtime has the paths and links that lead here).
 */
import { execFile } from "node:child_process";
import { copyFile, link, mkdir, readdir, readFile, realpath, rm, stat, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { exists } from "../../projects/folders.ts";

const run = promisify(execFile);

export const SHELF = "/var/lib/markco/gpu";
/** Where a runtime sees it. */
export const SHELF_MOUNT = "/usr/local/markco-gpu";

/**
 * All three are there from the start, also where they stay empty: the C library remembers for a process's whole life that a
 * folder of its search path did not exist.
 */
const FOLDERS = ["bin", "dev", "lib"];
const TOOLS = ["nvidia-smi"];
const DEVICES = /^nvidia(\d+|ctl|-uvm|-uvm-tools|-modeset)$/;
/** Of Debian and Ubuntu, and of Amazon Linux. */
const LIBRARY_FOLDERS = ["/usr/lib/x86_64-linux-gnu", "/usr/lib64"];
/** What computes; what draws needs files that a runtime does not have. */
const LIBRARIES =
  /^lib(cuda|cudadebugger|nvcuvid|nvidia-(ml|ptxjitcompiler|nvvm|gpucomp|opencl|encode|opticalflow|cfg|nscq|pkcs11[\w-]*))\.so/;

export interface DeviceNumber {
  readonly major: number;
  readonly minor: number;
}

/** Makes the folder as it is on a machine without a GPU. */
export async function makeShelf(): Promise<void> {
  for (const folder of FOLDERS) await mkdir(join(SHELF, folder), { recursive: true });
}

/** Puts the machine's driver there. Returns the numbers of its devices, which a runtime must be allowed. */
export async function fillShelf(): Promise<DeviceNumber[]> {
  await makeShelf();
  await allowDevices();
  // The nodes are made when a program first asks for the GPU; for a runtime nobody can make them later.
  await run("nvidia-modprobe", ["-u", "-c", "0"]).catch(() => {});
  const devices = (await readdir("/dev")).filter((name) => DEVICES.test(name));
  for (const name of devices) await run("cp", ["-a", "--remove-destination", join("/dev", name), join(SHELF, "dev")]);
  for (const path of await libraries()) await place(path, "lib");
  for (const name of TOOLS) {
    const path = await findTool(name);
    if (path !== null) await place(path, "bin");
  }
  return Promise.all(devices.map(async (name) => numberOf((await stat(join("/dev", name))).rdev)));
}

/** Its path, or null if the machine has no such tool. */
export function findTool(name: string): Promise<string | null> {
  return run("sh", ["-c", 'command -v "$0"', name]).then(
    ({ stdout }) => stdout.trim(),
    () => null,
  );
}

/** A file system that images lie on may not allow devices; a mount of its own may. */
async function allowDevices(): Promise<void> {
  const mounts = await readFile("/proc/self/mounts", "utf8");
  if (mounts.split("\n").some((line) => line.split(" ")[1] === SHELF)) return;
  await run("mount", ["--bind", SHELF, SHELF]);
  await run("mount", ["-o", "remount,bind,dev,nosuid", SHELF]);
}

/** Paths of the driver's libraries, under all names that programs ask for. */
async function libraries(): Promise<string[]> {
  const folders = await Promise.all(
    LIBRARY_FOLDERS.map(async (folder) => {
      const names = await readdir(folder).catch(() => []);
      return names.filter(isDriverLibrary).map((name) => join(folder, name));
    }),
  );
  return folders.flat();
}

export const isDriverLibrary = (name: string) => LIBRARIES.test(name);

/** Under its own name, which has the driver's version in it, and the one that it is asked for by. */
async function place(path: string, folder: string): Promise<void> {
  const real = await realpath(path);
  const target = join(SHELF, folder, basename(real));
  if (!(await exists(target))) await link(real, target).catch(() => copyFile(real, target));
  const alias = join(SHELF, folder, basename(path));
  if (alias === target) return;
  await rm(alias, { force: true });
  await symlink(basename(real), alias);
}

/** As the kernel packs them. */
export const numberOf = (rdev: number): DeviceNumber => ({
  major: (rdev >>> 8) & 0xfff,
  minor: (rdev & 0xff) | ((rdev >>> 12) & 0xfff00),
});
