/** Editing together: the editor server, and the two servers that people would take instead, on the same machine in the same run. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, round } from "./runtime/statistics.ts";
import type { Contender } from "./sync/contender.ts";
import { installPeers } from "./sync/install.ts";
import { Markco } from "./sync/markco.ts";
import {
  type Cell,
  type CellFigures,
  measureCell,
  measureKills,
  measureMemory,
  measureOpening,
} from "./sync/measures.ts";
import { Hocuspocus, YWebsocket } from "./sync/peers.ts";

const CELLS: readonly Cell[] = [10, 1024].flatMap((documentKb) =>
  [1, 10, 100, 1000].map((clients) => ({ clients, documentKb })),
);

type Figures = Awaited<ReturnType<typeof measureMemory>> &
  Awaited<ReturnType<typeof measureOpening>> &
  Awaited<ReturnType<typeof measureKills>> & { readonly cells: (Cell & CellFigures)[] } & CellFigures;

/** What the figures mean: test/bench/README.md. */
export async function sync() {
  const folder = await mkdtemp(join(tmpdir(), "bench-sync-"));
  try {
    const packages = await installPeers();
    const markco = await Markco.prepare(join(folder, "markco"));
    const hocuspocus = new Hocuspocus(join(folder, "hocuspocus"), packages);
    const yWebsocket = new YWebsocket(join(folder, "y-websocket"), packages);
    const [ours, ...theirs] = await measure([markco, hocuspocus, yWebsocket]);
    const [first, second] = theirs;
    if (!ours || !first || !second) throw new Error("a contender is missing");
    return { ...ours, peers: { hocuspocus: first, yWebsocket: second }, ratios: ratios(ours, theirs) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The contenders take turns, so that what else the machine does hits one like the other. */
async function measure(contenders: readonly Contender[]): Promise<Figures[]> {
  const memory = await each("memory", contenders, measureMemory);
  const opening = await each("opening", contenders, measureOpening);
  const kills = await each("kill -9", contenders, measureKills);
  const cells = contenders.map((): (Cell & CellFigures)[] => []);
  await Promise.all(contenders.map((contender) => contender.start()));
  try {
    for (const cell of CELLS) {
      const what = `${cell.clients} clients on ${cell.documentKb} KB`;
      const figures = await each(what, contenders, (contender) => measureCell(contender, cell));
      for (const [i, found] of figures.entries()) cells[i]?.push({ ...cell, ...found });
    }
  } finally {
    await Promise.all(contenders.map((contender) => contender.stop()));
  }
  return contenders.map((_, i) => {
    const [m, o, k, own = []] = [memory[i], opening[i], kills[i], cells[i]];
    if (!m || !o || !k) throw new Error("a measure is missing");
    const middle = (figure: keyof CellFigures) => round(median(own.map((cell) => cell[figure])));
    return {
      medianMs: middle("medianMs"),
      p99Ms: middle("p99Ms"),
      editsPerSecond: middle("editsPerSecond"),
      bytesPerEdit: middle("bytesPerEdit"),
      ...k,
      ...m,
      ...o,
      cells: own,
    };
  });
}

async function each<T>(
  what: string,
  contenders: readonly Contender[],
  act: (contender: Contender) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  for (const contender of contenders) {
    process.stderr.write(`bench: ${what}, ${contender.name}: `);
    const found = await act(contender);
    process.stderr.write(`${JSON.stringify(found)}\n`);
    results.push(found);
  }
  return results;
}

const LESS_IS_BETTER = [
  "medianMs",
  "p99Ms",
  "bytesPerEdit",
  "idleMb",
  "mbPerClient",
  "mbPerDocument",
  "openMs",
] as const;

/** How many times better ours is than the best of the peers; for cells, the median of that. */
function ratios(ours: Figures, theirs: readonly Figures[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const figure of LESS_IS_BETTER)
    found[figure] = round(Math.min(...theirs.map((peer) => peer[figure])) / ours[figure]);
  found.editsPerSecond = round(ours.editsPerSecond / Math.max(...theirs.map((peer) => peer.editsPerSecond)));
  const p99 = ours.cells.map((cell, i) => Math.min(...theirs.map((peer) => peer.cells[i]?.p99Ms ?? 0)) / cell.p99Ms);
  found.p99MsWorstCell = round(Math.min(...p99));
  return found;
}

/** A row a cell, and one for the rest. */
export function syncTable({ peers, ratios, ...markco }: Awaited<ReturnType<typeof sync>>): object {
  const rows: Record<string, Record<string, number>> = {};
  for (const [name, { cells, ...figures }] of Object.entries({ markco, ...peers })) {
    for (const { clients, documentKb, ...found } of cells) {
      for (const [figure, value] of Object.entries(found)) {
        const row = `${figure}, ${clients} clients, ${documentKb} KB`;
        rows[row] = { ...rows[row], [name]: value };
      }
    }
    for (const [figure, value] of Object.entries(figures)) rows[figure] = { ...rows[figure], [name]: value };
  }
  for (const [figure, value] of Object.entries(ratios)) rows[figure] = { ...rows[figure], ratio: value };
  return rows;
}
