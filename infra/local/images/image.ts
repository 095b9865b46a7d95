/** Brings an image up to date: base and build happen only when what goes into them has changed. */
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { IMAGES } from "../folders.ts";
import { step } from "../progress.ts";
import { type Base, describeBase, IMAGE_EPOCH_S, withBase } from "./base.ts";
import { type Context, describeContext, type ImageName, withContext } from "./context.ts";
import type { ImageStore } from "./store.ts";

/** What was built last; kept beside the store so that an image that is up to date costs no Podman call. */
const Built = z.object({ key: z.string(), baseKey: z.string(), id: z.string() });
type Built = z.infer<typeof Built>;

export const imageTag = (name: ImageName) => `localhost/markco-${name}:latest`;

/** True if `ensureImage` would have to fetch packages. */
export async function needsPackages(name: ImageName, store: ImageStore): Promise<boolean> {
  return (await recall(name, store))?.baseKey !== (await describeBase(name)).key;
}

/** Builds the image if an input changed. Returns its id. Throws Fault("unavailable"). */
export async function ensureImage(name: ImageName, store: ImageStore): Promise<string> {
  const [base, context] = await Promise.all([describeBase(name), describeContext(name)]);
  const key = keyOf(base, context);
  const built = await recall(name, store);
  if (built?.key === key) return built.id;

  const baseTag = `localhost/markco-base-${name}:${base.key}`;
  if (built?.baseKey !== base.key) await importBase(name, base, baseTag, store);
  const id = await step(`building the ${name} image`, () =>
    withContext(context, async (folder) => {
      const output = await store.podman([
        ...["build", "--quiet", "--isolation", "chroot", "--pull=never", "--layers=false", "--format", "oci"],
        ...["--timestamp", String(IMAGE_EPOCH_S), "--build-arg", `BASE=${baseTag}`, "--tag", imageTag(name)],
        ...["--file", join(folder, "Containerfile"), folder],
      ]);
      return output.trim().split("\n").at(-1) ?? "";
    }),
  );
  await remember(name, { key, baseKey: base.key, id });
  return id;
}

async function importBase(name: ImageName, base: Base, tag: string, store: ImageStore): Promise<void> {
  await step(`fetching the ${name} image's ${base.packages.length} packages and what they need`, (progress) =>
    withBase(name, base, tag, progress, async (archive) => {
      progress.detail("importing");
      await store.podman(["load", "--quiet", "--input", archive]);
    }),
  );
}

function keyOf(base: Base, context: Context): string {
  return createHash("sha256").update(`${base.key} ${context.hash}`).digest("hex").slice(0, 16);
}

async function recall(name: ImageName, store: ImageStore): Promise<Built | null> {
  try {
    const built = Built.parse(JSON.parse(await readFile(join(IMAGES, `${name}.json`), "utf8")));
    return store.has(built.id) ? built : null;
  } catch {
    return null;
  }
}

async function remember(name: ImageName, built: Built): Promise<void> {
  await mkdir(IMAGES, { recursive: true });
  const file = join(IMAGES, `${name}.json`);
  await writeFile(`${file}.new`, `${JSON.stringify(built)}\n`);
  await rename(`${file}.new`, file);
}
