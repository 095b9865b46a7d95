import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AnswerReader, askFor } from "./framing.ts";
import { PAGE_BYTES, type Range } from "./memory-source.ts";
import type { Pages } from "./read-ahead.ts";
import { relay, type Shelf } from "./relay.ts";

const range = (page: number, pages: number): Range => ({ process: 1, address: page * PAGE_BYTES, pages });
let released = 0;
const pagesOf = (of: Range): Pages => ({
  range: of,
  bytes: Buffer.alloc(of.pages * PAGE_BYTES, of.address / PAGE_BYTES),
  release() {
    released++;
  },
});
const CLOSE = Buffer.concat([Buffer.from([0x23, 0x10]), Buffer.alloc(30)]);

let asker: Socket;
let relaying: Socket;
beforeEach(async () => {
  released = 0;
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  asker = connect((server.address() as AddressInfo).port, "127.0.0.1");
  [relaying] = await once(server, "connection");
  server.close();
});
afterEach(() => {
  asker.destroy();
  relaying.destroy();
});

/** Has what it is told to have. */
class SlowShelf implements Shelf {
  readonly asked = new Map<number, (pages: Pages) => void>();
  readonly #asks: (() => void)[] = [];

  ask(wanted: Range): Promise<Pages> {
    for (const resolve of this.#asks.splice(0)) resolve();
    return new Promise((resolve) => this.asked.set(wanted.address / PAGE_BYTES, resolve));
  }

  async untilAsked(page: number): Promise<void> {
    while (!this.asked.has(page)) await new Promise<void>((resolve) => this.#asks.push(resolve));
  }
}

test("a page that is touched is looked for at once, and answered in its turn", async () => {
  const shelf = new SlowShelf();
  const done = relay(relaying, shelf);
  const got: number[] = [];
  const into = Buffer.alloc(4 * PAGE_BYTES);
  const answers = new AnswerReader(
    () => into,
    () => got.push(into[0] ?? 0),
  );
  asker.on("data", (chunk) => answers.add(chunk));
  asker.write(Buffer.concat([askFor(range(10, 4)), askFor(range(90, 1))]));
  await shelf.untilAsked(90);
  shelf.asked.get(90)?.(pagesOf(range(90, 1)));
  // Fewer than were asked for.
  shelf.asked.get(10)?.(pagesOf(range(10, 2)));
  asker.write(CLOSE);
  await done;
  expect(got).toEqual([10, 90]);
  expect(released).toBe(2);
});

test("when pages can't be had the asker is not hung up on, and whoever relays is told", async () => {
  const done = relay(relaying, { ask: () => Promise.reject(new Error("the source is lost")) });
  asker.write(askFor(range(10, 4)));
  await expect(done).rejects.toThrow("the source is lost");
  expect(asker.readyState).toBe("open");
});

test("a program that speaks something else is not answered", async () => {
  const done = relay(relaying, new SlowShelf());
  asker.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
  await expect(done).rejects.toThrow(RangeError);
});
