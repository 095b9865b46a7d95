// Runs a TypeScript entry with the Node version that the project pins, fetching npm packages first if they are
// missing or older than the lock. Plain JavaScript for any Node >= 20, because it runs before anything is installed.
//   node infra/bootstrap.mjs ENTRY.ts [ARGS...]
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pinned = join(root, "node_modules", `node-linux-${process.arch}`, "bin", "node");

/** npm writes node_modules/.package-lock.json last: equal packages mean a complete, current install. */
function installed() {
  try {
    const want = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
    const have = JSON.parse(readFileSync(join(root, "node_modules/.package-lock.json"), "utf8")).packages;
    return Object.entries(want).every(
      ([path, entry]) => path === "" || entry.optional || have[path]?.version === entry.version,
    );
  } catch {
    return false;
  }
}

if (!installed() || !existsSync(pinned)) {
  console.error("markco: fetching npm packages …");
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (npm.error) fail(`npm can't be run (${npm.error.code}); markco needs Node 20 or later with its npm`);
  if (npm.status !== 0) fail("npm ci failed; the lines above say why. Is the npm registry reachable?");
  if (!existsSync(pinned))
    fail(`there is no Node for ${process.platform} on ${process.arch}; Linux on x64 or arm64 is needed`);
}

function fail(line) {
  console.error(`markco: ${line}`);
  process.exit(1);
}

const [entry, ...args] = process.argv.slice(2);
const child = spawn(pinned, ["--disable-warning=ExperimentalWarning", join(root, entry), ...args], {
  stdio: "inherit",
  env: { ...process.env, PATH: `${dirname(pinned)}:${process.env.PATH}` },
});
// The terminal sends Ctrl-C to the whole group; the entry decides when it is done, this process only waits for it.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
