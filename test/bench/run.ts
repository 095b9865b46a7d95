/**
 * `npm run bench -- NAME [--json]`: runs one benchmark. With `--json` the last line is one JSON object; without it the
 * figures are a table. How to read them: test/bench/README.md.
 */
import { parseArgs } from "node:util";
import { road } from "./road.ts";

const BENCHES: Record<string, () => Promise<Record<string, number>>> = { road };

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
const figures = await bench();
if (values.json) console.log(JSON.stringify(figures));
else console.table(figures);
