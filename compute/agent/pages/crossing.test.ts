import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { makeSharedKey } from "../../hosts/authority.ts";
import { AnswerReader, askFor } from "./framing.ts";
import { type MemorySource, PAGE_BYTES, type Range } from "./memory-source.ts";
import { PageServer } from "./page-server.ts";
import { ReadAhead } from "./read-ahead.ts";
import { relay } from "./relay.ts";
import { SourceLink } from "./source-link.ts";

const PROCESS = 9;
const BASE = 0x7f00_0000_0000;
const PAGES = 5000;
const MEMORY = randomBytes(PAGES * PAGE_BYTES);
const WANTED: Range[] = [
  { process: PROCESS, address: BASE, pages: 3000 },
  { process: PROCESS, address: BASE + 3100 * PAGE_BYTES, pages: 1900 },
];

class Memory implements MemorySource {
  async read({ address }: Range, into: Buffer): Promise<void> {
    MEMORY.copy(into, 0, address - BASE);
  }

  async close(): Promise<void> {}
}

/** Asks as CRIU does: for what is next, growing pieces of it, and for single pages that are touched in between. */
class Asker {
  readonly got = Buffer.alloc(MEMORY.length);
  readonly #socket: Socket;
  readonly #waiting: ((pages: number) => void)[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
    let pages = 0;
    const answers = new AnswerReader(
      (range) => {
        pages = range.pages;
        return this.got.subarray(range.address - BASE);
      },
      () => this.#waiting.shift()?.(pages),
    );
    socket.on("data", (chunk) => answers.add(chunk));
  }

  /** Returns how many pages came. */
  ask(range: Range): Promise<number> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#socket.write(askFor(range));
    });
  }

  async askForAll(touch: () => void = () => {}): Promise<void> {
    let size = 16;
    for (const { process, address, pages } of WANTED) {
      for (let done = 0; done < pages; touch()) {
        done += await this.ask({ process, address: address + done * PAGE_BYTES, pages: Math.min(size, pages - done) });
        size = Math.min(size + 16, 1024);
      }
    }
  }
}

let server: PageServer;
let link: SourceLink;
let asker: Socket;
let relaying: Socket;
let key: string;
beforeAll(async () => {
  key = await makeSharedKey();
});
beforeEach(async () => {
  server = new PageServer(new Memory(), key);
  link = await SourceLink.open("127.0.0.1", await server.listen("127.0.0.1"), key);
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  asker = connect((listener.address() as AddressInfo).port, "127.0.0.1");
  [relaying] = await once(listener, "connection");
  listener.close();
});
afterEach(async () => {
  asker.destroy();
  relaying.destroy();
  link.close();
  await server.close();
});

const hasCrossed = (got: Buffer, range: Range) => {
  const [from, to] = [range.address - BASE, range.address - BASE + range.pages * PAGE_BYTES];
  return got.subarray(from, to).equals(MEMORY.subarray(from, to));
};

test("all of a memory crosses as it is, while pages of it are touched", async () => {
  void relay(relaying, new ReadAhead(WANTED, link.fetch));
  const crossing = new Asker(asker);
  let page = 0;
  const touched: Promise<number>[] = [];
  await crossing.askForAll(() => {
    page = (page + 1213) % 3000;
    touched.push(crossing.ask({ process: PROCESS, address: BASE + page * PAGE_BYTES, pages: 1 }));
  });
  await Promise.all(touched);
  expect(touched.length).toBeGreaterThan(10);
  expect(WANTED.every((range) => hasCrossed(crossing.got, range))).toBe(true);
});

test("when the source is lost midway whoever relays is told, and the asker waits", async () => {
  const relayed = relay(relaying, new ReadAhead(WANTED, link.fetch, 256));
  const crossing = new Asker(asker);
  await crossing.ask({ process: PROCESS, address: BASE, pages: 16 });
  await server.close();
  void crossing.askForAll();
  await expect(link.lost).rejects.toThrow();
  await expect(relayed).rejects.toThrow();
  expect(asker.readyState).toBe("open");
});
