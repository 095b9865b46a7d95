import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as z from "zod";
import { archiveOfTar } from "./oci-archive.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "markco-oci-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const Descriptor = z.object({ digest: z.string(), size: z.int() });
const Index = z.object({ manifests: z.array(Descriptor).length(1) });
const Manifest = z.object({ config: Descriptor, layers: z.array(Descriptor).length(1) });

async function archive(content: string) {
  const tar = join(folder, "root.tar");
  writeFileSync(tar, content);
  const file = join(folder, "image.tar");
  await archiveOfTar(tar, file, "localhost/x:1", 1_767_225_600);
  const read = (path: string) => execFileSync("tar", ["-xOf", file, `./${path}`]);
  const blob = ({ digest, size }: z.infer<typeof Descriptor>) => {
    const bytes = read(`blobs/${digest.replace(":", "/")}`);
    expect(bytes).toHaveLength(size);
    expect(`sha256:${createHash("sha256").update(bytes).digest("hex")}`).toBe(digest);
    return bytes;
  };
  const [entry] = Index.parse(JSON.parse(read("index.json").toString())).manifests;
  const manifest = Manifest.parse(JSON.parse(blob(entry ?? { digest: "", size: 0 }).toString()));
  const layer = manifest.layers.map(blob)[0]?.toString();
  return { id: manifest.config.digest, config: JSON.parse(blob(manifest.config).toString()), layer };
}

test("an archive holds the tar as its one layer, and every blob has the digest and size that names it", async () => {
  const { layer, config } = await archive("files");
  expect(layer).toBe("files");
  expect(config).toMatchObject({ os: "linux", created: "2026-01-01T00:00:00.000Z" });
});

test("the same files make the same image id, other files another", async () => {
  const first = await archive("files");
  expect((await archive("files")).id).toBe(first.id);
  expect((await archive("other files")).id).not.toBe(first.id);
});

test("nothing but the archive is left", async () => {
  await archive("files");
  expect(execFileSync("ls", [folder]).toString()).toBe("image.tar\n");
});
