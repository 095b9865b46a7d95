/** What a person waits for while they work in a notebook: ours and Jupyter's, on the same machine in the same run. */
import { ALL, echoes, type Figures, LATENCIES, measure, ratios } from "./runtime/figures.ts";
import { installJupyter } from "./runtime/install.ts";
import { Jupyter } from "./runtime/jupyter.ts";
import { Markco } from "./runtime/markco.ts";
import { median, round } from "./runtime/statistics.ts";

/** What the figures mean: test/bench/README.md. */
export async function runtime() {
  const python = await installJupyter();
  const markco = await Markco.start();
  try {
    const server = await Jupyter.start(python);
    try {
      const [ours = {}, jupyter = {}] = await measure([markco, server], ALL);
      const [jupyterNoDelay = {}] = await measure([await server.withoutDelay()], LATENCIES);
      return {
        ...ours,
        echoDaemonMs: round(median(await echoes(await markco.runnerAtDaemon()))),
        peers: { jupyter: { ...jupyter, serverMb: round(await server.serverMb()) }, jupyterNoDelay },
        ratios: ratios(ours, jupyter),
        ratiosNoDelay: ratios(ours, jupyterNoDelay),
      };
    } finally {
      await server.stop();
    }
  } finally {
    await markco.stop();
  }
}

/** A row a figure. */
export function runtimeTable({ peers, ratios, ratiosNoDelay, ...markco }: Awaited<ReturnType<typeof runtime>>): object {
  const columns: Record<string, Figures> = { markco, ...peers, ratio: ratios, ratioNoDelay: ratiosNoDelay };
  const rows: Record<string, Record<string, number>> = {};
  for (const [column, figures] of Object.entries(columns)) {
    for (const [name, value] of Object.entries(figures)) rows[name] = { ...rows[name], [column]: value };
  }
  return rows;
}
