/** Programs that Debian does not have and PyPI does: taken from their wheels, which pip fetches from where this machine fetches its own. */
import { createHash } from "node:crypto";
import { access, chmod, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../../../shared/daemon/fault.ts";
import { CACHE } from "../folders.ts";
import { run } from "../program.ts";
import { step } from "../progress.ts";

interface Wheel {
  readonly name: string;
  readonly version: string;
  /** Of the file in the wheel, by Node's name of the architecture. */
  readonly sha256: Readonly<Record<string, string>>;
  /** Path of the program in the wheel. */
  readonly program: string;
}

/** Makes a project's Python environment (images/runtime/kernels/python/launch.sh). */
export const UV: Wheel = {
  name: "uv",
  version: "0.13.9",
  sha256: {
    x64: "b73acdf73b96c3ac9e56d2fa933427b3ee6a901e3cce6ba1e3ecb3f91ca0d86a",
    arm64: "bbecb5ac518030bb5e84f1999c577228460192832ac24a92bd772735682979f4",
  },
  program: "uv-0.13.9.data/scripts/uv",
};

/** The program's path; it is fetched if it isn't there yet. Throws Fault("unavailable"). */
export async function programOfWheel(wheel: Wheel): Promise<string> {
  const folder = join(CACHE, "wheels");
  const program = join(folder, `${wheel.name}-${wheel.version}`);
  if (await exists(program)) return program;
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, "fetching-"));
  try {
    await step(`fetching ${wheel.name}`, async () => {
      const requirement = `${wheel.name}==${wheel.version}`;
      await run("python3", [
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--only-binary=:all:",
        "--dest",
        work,
        requirement,
      ]);
      // A wheel is a zip file, and Python has what opens one.
      await run("sh", ["-c", 'python3 -m zipfile -e "$1"/*.whl "$1"', "sh", work]);
    });
    const found = join(work, wheel.program);
    const sha256 = createHash("sha256")
      .update(await readFile(found))
      .digest("hex");
    if (sha256 !== wheel.sha256[process.arch])
      throw new Fault(
        "unavailable",
        `${wheel.name} ${wheel.version} is not the program that was tested (SHA-256 ${sha256})`,
      );
    await chmod(found, 0o755);
    await rename(found, program);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return program;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
