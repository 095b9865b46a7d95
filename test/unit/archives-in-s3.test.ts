/** Archives against the local S3 endpoint, as the daemon and its SDK see it. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { S3ArchiveStore } from "../../compute/archives/s3-store.ts";
import { PART_BYTES } from "../../compute/archives/store.ts";
import { openS3 } from "../../compute/s3.ts";
import { LocalS3 } from "../edge/local-s3.ts";

const BUCKET = "archives";
const running = new AbortController().signal;
let folder = "";
let s3: LocalS3;
let store: S3ArchiveStore;
let others: S3ArchiveStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "s3-"));
  s3 = await LocalS3.start(folder, BUCKET);
  const client = openS3(s3.settings);
  store = new S3ArchiveStore(client, BUCKET, "mine");
  others = new S3ArchiveStore(client, BUCKET, "other");
});
afterAll(async () => {
  await s3?.stop();
  await rm(folder, { recursive: true, force: true });
});

const names = async (of: S3ArchiveStore) => (await of.list()).map(({ name }) => name);

test("what was sent in parts is read as a whole, and is gone when it is removed", async () => {
  const content = randomBytes(PART_BYTES + 1000);
  const upload = await store.begin("a/one");
  const parts = [
    await store.put("a/one", upload, 1, content.subarray(0, PART_BYTES), running),
    await store.put("a/one", upload, 2, content.subarray(PART_BYTES), running),
  ];
  expect(await names(store), "nothing is seen of it before it is whole").toEqual([]);
  await store.complete("a/one", upload, parts);
  expect(Buffer.concat(await (await store.read("a/one")).toArray()).equals(content)).toBe(true);
  expect(await names(store)).toEqual(["a/one"]);
  expect(await names(others), "another installation's archives are not seen").toEqual([]);

  await store.remove("a/one");
  await store.remove("a/one");
  await expect(store.read("a/one")).rejects.toMatchObject({ code: "not_found" });
  expect(await names(store)).toEqual([]);
});

test("an upload that is given up is gone, also when it is given up twice", async () => {
  const upload = await store.begin("a/two");
  const part = await store.put("a/two", upload, 1, Buffer.alloc(10), running);
  await store.abort("a/two", upload);
  await store.abort("a/two", upload);
  await expect(store.complete("a/two", upload, [part])).rejects.toMatchObject({ code: "unavailable" });
  expect(await names(store)).toEqual([]);
});

test("a part that is called off is not sent", async () => {
  const upload = await store.begin("a/three");
  const called = AbortSignal.abort(new Error("somebody needs the runtime"));
  await expect(store.put("a/three", upload, 1, Buffer.alloc(10), called)).rejects.toThrow();
  await store.abort("a/three", upload);
});
