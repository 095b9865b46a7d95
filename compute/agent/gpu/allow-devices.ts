/**
 * Lets a container that runs use devices of this machine: one that was restored from an archive has the rules of the machine
 * that it was started on.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { DeviceNumber } from "./shelf.ts";

export async function allowDevices(containerId: string, devices: readonly DeviceNumber[]): Promise<void> {
  const rules = devices.map((number) => ({ ...number, allow: true, type: "c", access: "rw" }));
  const crun = spawn("/usr/bin/crun", ["--root", "/run/crun", "update", "--resources", "-", containerId], {
    stdio: ["pipe", "ignore", "pipe"],
  });
  crun.stdin.end(JSON.stringify({ devices: rules }));
  let said = "";
  crun.stderr.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  const [status] = await once(crun, "close");
  if (status !== 0) throw new Error(`the container's devices could not be allowed: ${said.trim()}`);
}
