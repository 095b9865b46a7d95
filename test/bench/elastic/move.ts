/**
 * A runtime moves between two machines while a cell prints every 10 ms and writes to its memory, which holds random bytes.
 * The peer does the same with Podman alone: `podman container checkpoint --export`, copy, `restore --import`.
 */
import { setTimeout as wait } from "node:timers/promises";
import { eventually, markco, runtimeView } from "../../platform/platform.ts";
import { round } from "../runtime/statistics.ts";
import { ARCHIVE, type PeerHost, run, withPeers } from "./peer-hosts.ts";
import { linesOf, longestGap, lostOf, PROGRAM } from "./printing.ts";
import { type BenchProject, PLACE, STOPPED, withProject } from "./project.ts";

const SIZES_MB = [64, 512, 2048];
/** Between machines of the same memory, so that nothing but the move is measured. */
const TIERS = ["t3a.large", "t3a.xlarge"] as const;
const BEFORE_MS = 2_000;
const AFTER_MS = 3_000;

interface Measured {
  readonly mb: number;
  /** The longest time between two lines. */
  readonly pauseMs: number;
  readonly totalMs: number;
  /** Lines lost or doubled. */
  readonly lost: number;
}

export interface MoveFigures {
  readonly sizes: readonly (Measured & { readonly peerPauseMs: number })[];
  /** Peer's pause by ours, at the largest size. */
  readonly peers: { readonly podman: number };
}

export async function move(): Promise<MoveFigures> {
  const ours = await withProject(async (project) => {
    const measured: Measured[] = [];
    for (const mb of SIZES_MB) measured.push(await moveOnce(project, mb));
    return measured;
  });
  const peers = await withPeers(2, async (a, b) => {
    const pauses: number[] = [];
    for (const mb of SIZES_MB) pauses.push(a && b ? await peerOnce(a, b, mb) : 0);
    return pauses;
  });
  const sizes = ours.map((one, i) => ({ ...one, peerPauseMs: peers[i] ?? 0 }));
  const largest = sizes.at(-1);
  return { sizes, peers: { podman: largest ? round(largest.peerPauseMs / largest.pauseMs) : 0 } };
}

async function moveOnce(project: BenchProject, mb: number): Promise<Measured> {
  // The memory of the size before must be gone.
  await project.ask("POST", "runtime/stop");
  await project.command("wake");
  await project.command("move", TIERS[0]);
  const cell = await project.beginPrinting(PROGRAM(mb, STOPPED));
  await wait(BEFORE_MS);
  const began = Date.now();
  await project.command("move", TIERS[1]);
  await eventually("the source is free", 120_000, async () => {
    const { hosts } = JSON.parse((await markco(PLACE, "hosts", "--json")).stdout);
    return hosts.length === 1 && (await runtimeView(PLACE, project.projectId)).state === "running";
  });
  const totalMs = Date.now() - began;
  await wait(AFTER_MS);
  await cell.stop();
  const lines = linesOf(cell.text());
  return { mb, pauseMs: longestGap(lines), totalMs, lost: lostOf(lines) };
}

async function peerOnce(from: PeerHost, to: PeerHost, mb: number): Promise<number> {
  await from.begin(mb);
  await wait(BEFORE_MS);
  await from.checkpoint();
  await run(["sh", "-c", `${from.shell(`cat ${ARCHIVE}`)} | ${to.shell(`cat > ${ARCHIVE}`)}`]);
  await to.restore();
  await wait(AFTER_MS);
  const gap = longestGap(linesOf(await to.log()));
  for (const host of [from, to]) await host.remove();
  return gap;
}
