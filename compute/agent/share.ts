/** The project's files on a host that is not the base server: mounted from there, at the path that they have there. */
import { execFile } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { Fault } from "../../shared/daemon/fault.ts";

const run = promisify(execFile);
const MOUNT_MS = 20_000;
/** Dials the base server by the host's certificate, and is SFTP from then on; images/host has it. */
const DIAL = "/usr/local/lib/markco/share-dial";

const OPTIONS = [
  `ssh_command=${DIAL}`,
  "reconnect",
  // What the editor or a terminal writes on the base server is seen at once, and the other way round.
  ...["dir_cache=no", "attr_timeout=0", "entry_timeout=0", "negative_timeout=0"],
  ...["allow_other", "default_permissions"],
];

/**
 * Mounts the one folder that this host may see; asked again, it finds it mounted.
 * @param server `address:port` of the share
 * @param folder its absolute path, the same as on the base server
 */
export async function mountShare(server: string, folder: string): Promise<void> {
  if (await isMounted(folder)) return;
  await mkdir(folder, { recursive: true });
  const [host = "", port = ""] = server.split(":");
  try {
    await run("sshfs", [`${host}:/project`, folder, "-o", OPTIONS.join(",")], {
      timeout: MOUNT_MS,
      env: { ...process.env, MARKCO_SHARE: `${host}:${port}` },
    });
  } catch (error) {
    throw new Fault("unavailable", `the project's files can't be mounted: ${String(error).slice(0, 300)}`);
  }
}

async function isMounted(folder: string): Promise<boolean> {
  const mounts = await readFile("/proc/self/mounts", "utf8");
  return mounts.split("\n").some((line) => line.split(" ")[1] === folder.replaceAll(" ", "\\040"));
}
