/** Writes an OCI image archive by hand: one layer, every field fixed, so that the image's id depends on its files alone. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../program.ts";

/**
 * Turns a root file system's tar into an image archive for `podman load`. (An unpacked layout would do, but Podman
 * makes the image's name of the layout's path then, and refuses most paths.)
 * @param tar the layer; it is gone afterwards
 * @param archive the file to write
 * @param name full name of the image, with its tag
 */
export async function archiveOfTar(tar: string, archive: string, name: string, epochS: number): Promise<void> {
  const folder = `${archive}.layout`;
  const blobs = join(folder, "blobs", "sha256");
  await mkdir(blobs, { recursive: true });

  const layerDigest = await sha256OfFile(tar);
  const layer = {
    mediaType: "application/vnd.oci.image.layer.v1.tar",
    digest: `sha256:${layerDigest}`,
    size: (await stat(tar)).size,
  };
  await rename(tar, join(blobs, layerDigest));

  const created = new Date(epochS * 1000).toISOString();
  const config = await writeBlob(blobs, "application/vnd.oci.image.config.v1+json", {
    created,
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    config: {},
    rootfs: { type: "layers", diff_ids: [layer.digest] },
    history: [{ created, created_by: "markco base" }],
  });
  const manifest = await writeBlob(blobs, "application/vnd.oci.image.manifest.v1+json", {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config,
    layers: [layer],
  });
  const named = { ...manifest, annotations: { "org.opencontainers.image.ref.name": name } };
  await writeFile(join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [named] }));
  await writeFile(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await run("tar", ["--create", "--remove-files", "--file", archive, "--directory", folder, "."]);
  await rm(folder, { recursive: true, force: true });
}

async function writeBlob(blobs: string, mediaType: string, value: object) {
  const bytes = Buffer.from(JSON.stringify(value));
  const digest = createHash("sha256").update(bytes).digest("hex");
  await writeFile(join(blobs, digest), bytes);
  return { mediaType, digest: `sha256:${digest}`, size: bytes.length };
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest("hex");
}
