/** What a test does to the machines of a platform, from the outside: their network, their disks, their processes. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { EC2Client, RebootInstancesCommand } from "@aws-sdk/client-ec2";
import { stateFolders } from "../../infra/local/folders.ts";
import { namesFor } from "../../infra/local/platform.ts";
import { podman, podmanAttempt } from "../../infra/local/podman.ts";
import { portsFrom } from "../../infra/local/ports.ts";
import { ensureSecrets } from "../../infra/local/secrets.ts";
import { eventually, type PlatformPlace } from "./platform.ts";

const run = promisify(execFile);

/** An instance's id, or the base server. */
export type Machine = string | "base";

function containerOf({ state }: PlatformPlace, machine: Machine): string {
  const { baseServer, instances } = namesFor(stateFolders({ MARKCO_STATE: state }));
  return machine === "base" ? baseServer : `${instances}-${machine}`;
}

/** As its operator would by EC2: its processes are gone, its disk stays. */
export async function reboot({ state, port }: PlatformPlace, instanceId: string): Promise<void> {
  const { ec2 } = await ensureSecrets(stateFolders({ MARKCO_STATE: state }).secrets);
  const endpoint = `http://127.0.0.1:${portsFrom(port).ec2}`;
  const client = new EC2Client({ endpoint, region: "local-1", credentials: ec2 });
  await client.send(new RebootInstancesCommand({ InstanceIds: [instanceId] }));
  client.destroy();
}

/** Its first process, as seen from here; waits until there is one. */
function pidOf(place: PlatformPlace, machine: Machine): Promise<string> {
  return eventually(`${machine} has booted`, 60_000, async () => {
    const { stdout } = await podmanAttempt(["inspect", "--format", "{{.State.Pid}}", containerOf(place, machine)]);
    return Number(stdout) > 0 && stdout.trim();
  });
}

/** Runs a command of ours in the machine's network. */
async function inNetworkOf(place: PlatformPlace, machine: Machine, ...command: string[]): Promise<void> {
  await run("nsenter", ["--target", await pidOf(place, machine), "--net", ...command]);
}

/** Nothing reaches the machine or leaves it, as when a cable is pulled: nobody is told. Returns what puts it back. */
export async function cutOff(place: PlatformPlace, machine: Machine): Promise<() => Promise<void>> {
  const rules = [
    ["INPUT", "!", "-i", "lo"],
    ["OUTPUT", "!", "-o", "lo"],
  ].map((rule) => [...rule, "-j", "DROP"]);
  for (const rule of rules) await inNetworkOf(place, machine, "iptables", "-I", ...rule);
  return async () => {
    for (const rule of rules) await inNetworkOf(place, machine, "iptables", "-D", ...rule);
  };
}

/** What leaves the machine is slowed down to `rate` (as `20mbit`). Returns what lets it go again. */
export async function slowDown(place: PlatformPlace, machine: Machine, rate: string): Promise<() => Promise<void>> {
  const queue = ["dev", "eth0", "root"];
  await inNetworkOf(
    place,
    machine,
    "tc",
    "qdisc",
    "add",
    ...queue,
    "tbf",
    "rate",
    rate,
    "burst",
    "64k",
    "latency",
    "200ms",
  );
  return () => inNetworkOf(place, machine, "tc", "qdisc", "del", ...queue);
}

/** From now on `folder` of the machine has room for `size` (as `1m`) and is empty. Returns what gives the room back. */
export async function fillUp(
  place: PlatformPlace,
  machine: Machine,
  folder: string,
  size: string,
): Promise<() => Promise<void>> {
  const inside = (...command: string[]) => podman(["exec", containerOf(place, machine), ...command]);
  await inside("mkdir", "-p", folder);
  await inside("mount", "-t", "tmpfs", "-o", `size=${size},mode=700`, "full", folder);
  return async () => {
    await inside("umount", "--lazy", folder);
  };
}
