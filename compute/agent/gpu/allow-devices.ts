/** Lets a container that runs use devices of this machine. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crun } from "../offers.ts";
import type { DeviceNumber } from "./shelf.ts";

export async function allowDevices(containerId: string, numbers: readonly DeviceNumber[]): Promise<void> {
  const devices = numbers.map((number) => ({ ...number, allow: true, type: "c", access: "rw" }));
  // In a file: crun opens /dev/stdin anew, which it can't where that is a socket, as Node's is.
  const folder = await mkdtemp(join(tmpdir(), "allow-"));
  try {
    await writeFile(join(folder, "resources.json"), JSON.stringify({ devices }));
    await crun("update", "--resources", join(folder, "resources.json"), containerId);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
