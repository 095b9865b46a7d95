/** The peers from npm, in the versions that peers/package-lock.json pins. */
import { cp, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { attempt } from "../../../infra/local/program.ts";
import { Fault } from "../../../shared/daemon/fault.ts";
import { BENCH, once } from "../runtime/install.ts";

const PEERS = join(import.meta.dirname, "peers");
const INSTALLED = join(BENCH, "sync");

/** Installs them on first use. Returns their folder. Throws Fault("unavailable") without a network. */
export async function installPeers(): Promise<string> {
  await once(INSTALLED, await readFile(join(PEERS, "package-lock.json")), "installing the peers from npm", async () => {
    await mkdir(INSTALLED, { recursive: true });
    await cp(PEERS, INSTALLED, { recursive: true });
    // LevelDB comes built with the package.
    const { status, stderr } = await attempt("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
      cwd: INSTALLED,
    });
    if (status !== 0) throw new Fault("unavailable", `the peers can't be installed from npm: ${stderr.trim()}`);
  });
  await cp(join(PEERS, "hocuspocus.mjs"), join(INSTALLED, "hocuspocus.mjs"));
  return INSTALLED;
}
