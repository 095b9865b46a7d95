/** The machine's Podman with a store of markco's own, so that nothing of the person's containers is seen or touched. */
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { parseJson } from "../../shared/daemon/fault.ts";
import { PODMAN_NETWORKS, PODMAN_STORE, REPOSITORY } from "./folders.ts";
import { attempt, type Outcome, type ProgramOptions, run } from "./program.ts";
import { thawKilled } from "./thaw.ts";

// On tmpfs: Podman takes everything in it for stopped after a reboot. One per clone, as the store is.
const RUN = join("/run", `markco-${createHash("sha256").update(REPOSITORY).digest("hex").slice(0, 8)}`);

const GLOBAL = [
  ...["--root", PODMAN_STORE],
  ...["--runroot", join(RUN, "podman")],
  ...["--tmpdir", join(RUN, "libpod")],
  ...["--network-config-dir", PODMAN_NETWORKS],
  // crun of older Debians refuses machines with both cgroup versions mounted; runc takes them all.
  ...["--runtime", "runc"],
  ...["--cgroup-manager", "cgroupfs"],
  ...["--events-backend", "none"],
  ...["--log-level", "error"],
];

/** The command line that runs `podman …` inside a container of ours, such as the base server. */
export function podmanInside(container: string): string[] {
  return ["podman", ...GLOBAL, "exec", "--interactive", container, "podman"];
}

/** Runs `podman …`. Throws Fault("unavailable") with what Podman says. */
export function podman(args: readonly string[], options?: ProgramOptions): Promise<string> {
  return run("podman", [...GLOBAL, ...args], options);
}

export function podmanAttempt(args: readonly string[]): Promise<Outcome> {
  return attempt("podman", [...GLOBAL, ...args]);
}

/** Removes a container, running or not. One that isn't there is fine. */
export async function removeContainer(name: string): Promise<void> {
  const { status, stdout } = await podmanAttempt(["container", "inspect", "--format", "{{.Id}}", name]);
  if (status === 0) {
    await podmanAttempt(["kill", "--signal", "KILL", name]);
    await thawKilled(stdout.trim());
  }
  await podman(["rm", "--force", "--ignore", "--time", "0", name]);
}

const Network = z.array(z.object({ subnets: z.array(z.object({ subnet: z.string(), gateway: z.string() })).min(1) }));

/** Makes the bridge network if it isn't there. Returns its gateway: the machine's own address on it. */
export async function ensureNetwork(name: string): Promise<string> {
  const known = await podmanAttempt(["network", "exists", name]);
  if (known.status !== 0) {
    // CNI's address book survives a crash and would go on refusing addresses that nobody has.
    await rm(join("/var/lib/cni/networks", name), { recursive: true, force: true });
    await podman(["network", "create", "--disable-dns", name]);
  }
  const [network] = parseJson(Network, await podman(["network", "inspect", name]), "podman network inspect");
  const gateway = network?.subnets[0]?.gateway;
  if (!gateway) throw new Error(`network ${name} has no gateway`);
  return gateway;
}

export async function removeNetwork(name: string): Promise<void> {
  await podmanAttempt(["network", "rm", "--force", name]);
  await rm(join("/var/lib/cni/networks", name), { recursive: true, force: true });
}
