/**
 * A project without a runtime: from the request to run its first cell to its first output, through the edge. The peer is the same
 * supervisor and kernel in a cold container: from `podman run` to the output of a cell that waits on its stdin.
 */
import { randomUUID } from "node:crypto";
import { median, round } from "../runtime/statistics.ts";
import { type PeerHost, RUNTIME_IMAGE, withPeers } from "./peer-hosts.ts";
import { withProject } from "./project.ts";

const REPEATS = 7;

export interface FirstCellFigures {
  readonly firstOutputMs: number;
  readonly peers: { readonly coldContainer: number };
}

export async function firstCell(): Promise<FirstCellFigures> {
  const ours = await withProject(async (project) => {
    const times: number[] = [];
    for (let i = 0; i < REPEATS; i++) {
      await project.ask("POST", "runtime/stop");
      times.push(await project.firstOutput('print("first")'));
    }
    return median(times);
  });
  const [peer = 0] = await withPeers(1, async (...hosts) => Promise.all(hosts.map(coldContainer)));
  return { firstOutputMs: Math.round(ours), peers: { coldContainer: round(peer / ours) } };
}

async function coldContainer(host: PeerHost): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < REPEATS; i++) times.push(await host.firstLine(RUNTIME_IMAGE, request(), /"event":\s*"stdout"/));
  return median(times);
}

/** A line for the supervisor (shared/runtime/wire.ts). */
function request(): string {
  const place = { session: "bench:default", language: "python", cwd: "/tmp", venv: null };
  const cell = { code: 'print("first")', silent: false, storeHistory: false, assetDir: null };
  return JSON.stringify({ id: randomUUID(), op: "execute", exec: randomUUID(), ...place, ...cell });
}
