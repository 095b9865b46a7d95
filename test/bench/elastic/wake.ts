/**
 * A runtime with 1 GiB of random bytes sleeps; then somebody runs a cell: until its first output. The peer is a full restore:
 * `podman container restore --import` of a container with as much memory, until it prints again.
 */
import { eventually } from "../../platform/platform.ts";
import { round } from "../runtime/statistics.ts";
import { type PeerHost, withPeers } from "./peer-hosts.ts";
import { linesOf } from "./printing.ts";
import { withProject } from "./project.ts";

const MB = 1024;
const FILL = `import os
block = bytearray(${MB} << 20)
for i in range(0, len(block), 1 << 20):
    block[i : i + (1 << 20)] = os.urandom(1 << 20)`;

export interface WakeFigures {
  readonly mb: number;
  readonly firstCellMs: number;
  readonly peers: { readonly fullRestore: number };
}

export async function wake(): Promise<WakeFigures> {
  const firstCellMs = await withProject(async (project) => {
    await project.execute(FILL);
    await project.command("sleep");
    const ms = await project.firstOutput("print(len(block))");
    // All of it is there, not just the pages that the cell has touched.
    await project.execute(`assert len(set(block[i] for i in range(0, len(block), 4096))) == 256`);
    return ms;
  });
  const [peerMs = 0] = await withPeers(1, async (...hosts) => Promise.all(hosts.map(fullRestore)));
  return { mb: MB, firstCellMs: Math.round(firstCellMs), peers: { fullRestore: round(peerMs / firstCellMs) } };
}

async function fullRestore(host: PeerHost): Promise<number> {
  await host.begin(MB);
  await host.checkpoint();
  await host.remove();
  const beganMs = Date.now();
  await host.restore();
  const after = () => host.log().then((log) => linesOf(log).find(([, at]) => at > beganMs));
  const [, atMs] = await eventually("it prints again", 120_000, async () => (await after()) ?? false);
  return atMs - beganMs;
}
