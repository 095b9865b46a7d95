/**
 * `npm run bench -- NAME [--json]`: runs one benchmark. With `--json` the last line is one JSON object; without it the
 * figures are a table. How to read them: test/bench/README.md.
 */
import { parseArgs } from "node:util";
import { Fault } from "../../shared/daemon/fault.ts";
import { density } from "./elastic/density.ts";
import { firstCell } from "./elastic/first-cell.ts";
import { fork } from "./elastic/fork.ts";
import { move } from "./elastic/move.ts";
import { wake } from "./elastic/wake.ts";
import { reader, readerTable } from "./reader.ts";
import { road } from "./road.ts";
import { runtime, runtimeTable } from "./runtime.ts";
import { sync, syncTable } from "./sync.ts";

/** Runs a benchmark. Returns its figures, and how they look as a table. */
const BENCHES: Record<string, () => Promise<{ figures: object; table: object }>> = {
  async move() {
    const figures = await move();
    return { figures, table: figures.sizes };
  },
  wake: () => plain(wake),
  fork: () => plain(fork),
  "first-cell": () => plain(firstCell),
  density: () => plain(density),
  road: () => plain(road),
  async reader() {
    const figures = await reader();
    return { figures, table: readerTable(figures) };
  },
  async runtime() {
    const figures = await runtime();
    return { figures, table: runtimeTable(figures) };
  },
  async sync() {
    const figures = await sync();
    return { figures, table: syncTable(figures) };
  },
};

async function plain(measure: () => Promise<object>): Promise<{ figures: object; table: object }> {
  const figures = await measure();
  return { figures, table: figures };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean", default: false } },
});
const [name = ""] = positionals;
const bench = BENCHES[name];
if (!bench) {
  console.error(`no benchmark "${name}"; there are: ${Object.keys(BENCHES).join(", ")}`);
  process.exit(2);
}
try {
  const { figures, table } = await bench();
  if (values.json) console.log(JSON.stringify(figures));
  else console.table(table);
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
}
