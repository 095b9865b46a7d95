/** Archives against the local S3 endpoint, as the daemon and its SDK see it. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { S3ArchiveStore } from "../../compute/archives/s3-store.ts";
import { PART_BYTES } from "../../compute/archives/store.ts";
import { openS3 } from "../../compute/s3.ts";
import { s3Endpoint } from "../../infra/local/addresses.ts";
import { SupervisedService } from "../../infra/local/services/supervise.ts";

const BUCKET = "archives";
const KEY = { accessKeyId: "test-key-id-for-s3", secretAccessKey: "test-secret-for-s3" };
const running = new AbortController().signal;
let folder = "";
let service: SupervisedService;
let store: S3ArchiveStore;
let others: S3ArchiveStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "s3-"));
  const port = await freePort();
  service = new SupervisedService(
    {
      name: "the S3 endpoint",
      entry: join(import.meta.dirname, "../../infra/local/services/s3.ts"),
      settings: { port, alias: "127.0.0.1", folder, bucket: BUCKET, ...KEY },
    },
    () => {},
  );
  await service.start();
  const client = openS3({
    S3_ENDPOINT: s3Endpoint("127.0.0.1", port),
    S3_REGION: "auto",
    S3_ACCESS_KEY_ID: KEY.accessKeyId,
    S3_SECRET_ACCESS_KEY: KEY.secretAccessKey,
  });
  store = new S3ArchiveStore(client, BUCKET, "mine");
  others = new S3ArchiveStore(client, BUCKET, "other");
});
afterAll(async () => {
  await service.stop();
  await rm(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

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
