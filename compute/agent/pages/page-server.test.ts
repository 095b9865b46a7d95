import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:tls";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { makeSharedKey } from "../../hosts/authority.ts";
import { askFor } from "./framing.ts";
import { type MemorySource, PAGE_BYTES, type Range } from "./memory-source.ts";
import { PageServer } from "./page-server.ts";
import { onlyWith } from "./shared-key.ts";
import { SourceLink, type Urgency } from "./source-link.ts";

const MEMORY = randomBytes(64 * PAGE_BYTES);
const range = (page: number, pages: number): Range => ({ process: 1, address: page * PAGE_BYTES, pages });
const inMemory = ({ address, pages }: Range) => MEMORY.subarray(address, address + pages * PAGE_BYTES);

/** One process, of 64 pages. */
class Memory implements MemorySource {
  isClosed = false;

  async read(wanted: Range, into: Buffer): Promise<void> {
    if (wanted.process !== 1 || inMemory(wanted).length !== into.length) throw new Error("no such pages");
    inMemory(wanted).copy(into);
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

async function fetched(link: SourceLink, wanted: Range, urgency: Urgency): Promise<Buffer> {
  const bytes = Buffer.alloc(wanted.pages * PAGE_BYTES);
  await link.fetch(wanted, bytes, urgency);
  return bytes;
}

let key: string;
let servers: PageServer[] = [];
beforeAll(async () => {
  key = await makeSharedKey();
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

async function serve(): Promise<{ server: PageServer; port: number }> {
  const server = new PageServer(new Memory(), key);
  servers.push(server);
  return { server, port: await server.listen("127.0.0.1") };
}

describe("a reader with the key", () => {
  test("gets pages, many requests at a time", async () => {
    const link = await SourceLink.open("127.0.0.1", (await serve()).port, key);
    const wanted = Array.from({ length: 64 }, (_, page) => range(page, Math.min(64 - page, 7)));
    const got = await Promise.all(
      wanted.map((one, i) => fetched(link, one, i % 3 === 0 ? "waited for" : "read ahead")),
    );
    expect(got.every((bytes, i) => bytes.equals(inMemory(wanted[i] ?? range(0, 0))))).toBe(true);
    link.close();
  });

  test("hears that the source is lost, in the middle of a request and before the next one", async () => {
    const { server, port } = await serve();
    const link = await SourceLink.open("127.0.0.1", port, key);
    await fetched(link, range(0, 1), "waited for");
    const [asked, lost] = [fetched(link, range(0, 64), "read ahead"), link.lost.catch((error: Error) => error.message)];
    await server.close();
    await expect(asked).rejects.toThrow();
    expect(await lost).toMatch(/hung up|ECONNRESET/);
    await expect(fetched(link, range(0, 1), "waited for")).rejects.toThrow();
  });

  test("is hung up on when it asks for what is not there", async () => {
    const link = await SourceLink.open("127.0.0.1", (await serve()).port, key);
    await expect(fetched(link, range(60, 8), "waited for")).rejects.toThrow();
    await expect(link.lost).rejects.toThrow();
  });
});

describe("with the key of another handover", () => {
  test("the source is not believed", async () => {
    const { port } = await serve();
    await expect(SourceLink.open("127.0.0.1", port, await makeSharedKey())).rejects.toThrow("self-signed certificate");
  });

  test("nobody gets a page, whomever he believes", async () => {
    const { port } = await serve();
    const other = await makeSharedKey();
    const socket = connect({ ...onlyWith(other), host: "127.0.0.1", port, rejectUnauthorized: false });
    const got: Buffer[] = [];
    socket.on("data", (chunk) => got.push(chunk));
    socket.on("error", () => {});
    socket.write(askFor(range(0, 1)));
    await once(socket, "close");
    expect(got).toEqual([]);
  });
});
