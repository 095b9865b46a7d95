/**
 * Bundles everything that runs: the Worker, the daemon, the editor server, and what browsers load.
 *   node infra/build.ts [NAME…]     all of them, or the ones named
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { type BuildOptions, build, type OutputFile, type Plugin } from "esbuild";
import * as z from "zod";
import { Fault } from "../shared/daemon/fault.ts";
import { codeMirrorAtLength } from "./codemirror-at-length.ts";
import { DIST, REPOSITORY } from "./local/folders.ts";

/** Packages written for CommonJS name Node's modules without `node:`, which is the only way that workerd knows them. */
const workerdBuiltins: Plugin = {
  name: "workerd-builtins",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z_/]+$/ }, ({ path, kind }) => {
      if (!isBuiltin(path)) return null;
      return kind === "require-call"
        ? { path, namespace: "required-builtin" }
        : { path: `node:${path}`, external: true };
    });
    onResolve({ filter: /^(node|cloudflare):/ }, ({ path, kind }) =>
      kind === "require-call"
        ? { path: path.replace("node:", ""), namespace: "required-builtin" }
        : { path, external: true },
    );
    onLoad({ filter: /.*/, namespace: "required-builtin" }, ({ path }) => ({
      contents: `import builtin from "node:${path}"; module.exports = builtin;`,
      loader: "js",
    }));
  },
};

/**
 * @codemirror/lang-markdown names the package for completion in its `markdown()`, which the app does without (app/markdown.ts).
 * The app loads completion on demand; for that one name esbuild would have all of it in the first load, 11 KB.
 */
const completionOnDemand: Plugin = {
  name: "completion-on-demand",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@codemirror\/autocomplete$/ }, ({ path, importer }) =>
      importer.includes("/@codemirror/lang-markdown/") ? { path, namespace: "unused", sideEffects: false } : null,
    );
    onLoad({ filter: /.*/, namespace: "unused" }, () => ({ contents: "export const CompletionContext = null;" }));
  },
};

const browser: BuildOptions = { platform: "browser", target: "es2023", minify: true };

const server: BuildOptions = {
  platform: "node",
  target: "node24",
  // Packages written for CommonJS call `require`, which a module doesn't have.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
};

const BUNDLES = {
  app: {
    ...browser,
    entryPoints: ["images/editor/app/main.ts", "images/editor/app/blocks/worker.ts"],
    outdir: "assets/app",
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    plugins: [completionOnDemand, codeMirrorAtLength],
  },
  theme: {
    ...browser,
    entryPoints: ["reader/theme/theme.css", "reader/theme/icon.svg"],
    outdir: "assets/reader",
    assetNames: "fonts/[name]-[hash]",
    loader: { ".svg": "copy", ".woff2": "file", ".woff": "empty", ".ttf": "empty" },
  },
  reader: {
    ...browser,
    entryPoints: ["reader/reader.ts"],
    outfile: "assets/reader/reader.iife.js",
    format: "iife",
  },
  diagram: {
    ...browser,
    entryPoints: ["reader/diagram/draw.ts", "reader/diagram/index.html"],
    outdir: "assets/reader/diagram",
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    loader: { ".html": "copy" },
  },
  offline: {
    ...browser,
    entryPoints: [
      { in: "images/editor/offline/worker.ts", out: "offline" },
      { in: "images/editor/offline/going.ts", out: "offline-off" },
    ],
    outdir: "assets",
    format: "iife",
  },
  search: { ...browser, entryPoints: ["reader/search/search.ts"], outfile: "assets/reader/search.js" },
  worker: {
    platform: "browser",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    define: { "process.env.NODE_ENV": '"production"' },
    entryPoints: ["edge/worker.ts"],
    outfile: "edge/worker.js",
    plugins: [workerdBuiltins],
  },
  editor: {
    ...server,
    // The second one is started by the first, which finds it beside itself.
    entryPoints: { server: "images/editor/server/main.ts", search: "images/editor/server/search/worker.ts" },
    outdir: "editor",
    outExtension: { ".js": ".mjs" },
  },
  daemon: { ...server, entryPoints: ["compute/main.ts"], outfile: "compute/markco.mjs" },
} as const satisfies Record<string, BuildOptions>;
export type BundleName = keyof typeof BUNDLES;

const BuildMessages = z.array(
  z.object({ text: z.string(), location: z.object({ file: z.string(), line: z.int() }).nullable() }),
);

const isBundle = (name: string): name is BundleName => Object.hasOwn(BUNDLES, name);

/**
 * Files that are as they were are left alone, and the others change at once: what runs or is tested from them may go on.
 * @param dist where bundles go. Throws Fault("invalid") with file, line and the first problem of the code.
 */
export async function buildAll(
  names: readonly BundleName[] = Object.keys(BUNDLES).filter(isBundle),
  dist = DIST,
): Promise<void> {
  await Promise.all(names.filter((name) => name !== "offline").map((name) => bundle(name, dist)));
  // It names what the app is made of, so that comes first.
  if (names.includes("offline"))
    await bundle("offline", dist, { define: { APP: JSON.stringify(await appIn(join(dist, "assets"))) } });
}

/** The files that the app's page is made of, as browsers ask for them, and a hash of all that is in them. */
async function appIn(assets: string): Promise<{ version: string; files: string[] }> {
  const found = await readdir(join(assets, "app"), { recursive: true, withFileTypes: true });
  const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const all = [...paths, join(assets, "reader/theme.css")].toSorted();
  const hash = createHash("sha256");
  for (const path of all) hash.update(path.slice(assets.length)).update(await readFile(path));
  return {
    version: hash.digest("hex").slice(0, 16),
    files: all.map((path) => path.slice(assets.length).replaceAll("\\", "/")),
  };
}

async function bundle(name: BundleName, dist: string, more: BuildOptions = {}): Promise<void> {
  const options: BuildOptions = BUNDLES[name];
  const outdir = options.outdir && join(dist, options.outdir);
  let files: OutputFile[];
  try {
    const built = await build({
      absWorkingDir: REPOSITORY,
      bundle: true,
      format: "esm",
      charset: "utf8",
      legalComments: "none",
      logLevel: "silent",
      ...options,
      ...more,
      ...(outdir === undefined ? {} : { outdir }),
      ...(options.outfile === undefined ? {} : { outfile: join(dist, options.outfile) }),
      write: false,
    });
    files = built.outputFiles;
  } catch (failure) {
    const message = failure instanceof Error && "errors" in failure ? failure.errors : undefined;
    throw explain(name, BuildMessages.parse(message)[0]);
  }
  await Promise.all(files.map((file) => write(file, dist)));
  // Chunks carry a hash in their name: those of earlier builds would pile up.
  if (outdir !== undefined && "chunkNames" in options) await keepOnly(outdir, new Set(files.map(({ path }) => path)));
}

async function write({ path, contents }: OutputFile, dist: string): Promise<void> {
  const before = await readFile(path).catch(() => null);
  if (before?.equals(contents)) return;
  await mkdir(dirname(path), { recursive: true });
  const next = join(dist, `${randomUUID()}.new`);
  await writeFile(next, contents);
  await rename(next, path);
}

async function keepOnly(folder: string, paths: ReadonlySet<string>): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !paths.has(path)) await rm(path, { force: true });
  }
}

function explain(name: BundleName, message: z.infer<typeof BuildMessages>[number] | undefined): Fault {
  const at = message?.location ? `${message.location.file}:${message.location.line}` : undefined;
  return new Fault(
    "invalid",
    `${name} can't be bundled: ${at ? `${at}: ` : ""}${message?.text ?? "no reason given"}`,
    at,
  );
}

if (import.meta.main) {
  const names = process.argv.slice(2);
  const unknown = names.find((name) => !isBundle(name));
  if (unknown) {
    console.error(`no bundle "${unknown}"; there are: ${Object.keys(BUNDLES).join(", ")}`);
    process.exit(2);
  }
  await buildAll(names.length > 0 ? names.filter(isBundle) : undefined).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
