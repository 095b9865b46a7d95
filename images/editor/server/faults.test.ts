/** What goes wrong beside the editor server, and who does it harm: nobody but the one who did it. */
import { rm, utimes } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { messageYjsUpdate } from "y-protocols/sync";
import * as Y from "yjs";
import { CLOSE, TEXT } from "../../../shared/editor/sync.ts";
import type { Browser } from "./testing/browser.ts";
import { Random } from "./testing/random.ts";
import { Workplace } from "./testing/workplace.ts";

let place: Workplace;
beforeEach(async () => {
  place = await Workplace.create({ "a.md": "one\n" });
});
afterEach(() => place.dispose());

/** Somebody types and somebody else reads it, so many times. The longest wait in milliseconds. */
async function typeAndRead(writer: Browser, reader: Browser, times: number): Promise<number> {
  let longest = 0;
  for (let i = 0; i < times; i++) {
    const began = performance.now();
    const word = `word ${i}\n`;
    writer.text.insert(0, word);
    // Whose text is first, if both begin at the beginning, is by their numbers, which are drawn.
    await reader.until(() => reader.text.toString().includes(word));
    longest = Math.max(longest, performance.now() - began);
    await wait(20);
  }
  await writer.synced();
  expect([writer.closedWith, reader.closedWith]).toEqual([null, null]);
  return longest;
}

describe("of one client, while others go on", () => {
  test("an update of 64 MB is refused", async () => {
    const [ann, bob] = [await place.browse("a.md").synced(), await place.browse("a.md").synced()];
    const eve = await place.browse("a.md").synced();
    eve.text.insert(0, "x".repeat(64 * 1024 * 1024));
    expect(await typeAndRead(ann, bob, 20)).toBeLessThan(2_000);
    await eve.until(() => eve.closedWith !== null);
    expect(ann.text.length).toBeLessThan(1_000);
  });

  test("a document is not blown up in small steps", async () => {
    const ann = await place.browse("a.md").synced();
    const eve = await place.browse("a.md").synced();
    for (let i = 0; i < 12; i++) eve.text.insert(0, "x".repeat(1024 * 1024));
    await eve.until(() => eve.closedWith !== null);
    expect(eve.closedWith).toBe(CLOSE.tooLarge);
    expect(ann.text.length).toBeLessThan(11 * 1024 * 1024);
  });

  test("10,000 messages a second wait", async () => {
    const [ann, bob] = [await place.browse("a.md").synced(), await place.browse("b.md").synced()];
    expect(bob.closedWith).toBe(CLOSE.notFound);
    const reader = await place.browse("a.md").synced();
    const eve = await place.browse("a.md").synced();
    const own = new Y.Doc();
    own.on("update", (update: Uint8Array) => eve.send(messageYjsUpdate, update));
    const began = performance.now();
    for (let i = 0; i < 20_000; i++) own.getText(TEXT).insert(i, "e");
    const longest = await typeAndRead(ann, reader, 30);
    const seconds = (performance.now() - began) / 1000;
    // The last acknowledgement counts what was read, and a chunk of the socket comes in whole.
    expect(eve.saved).toBeLessThan(2_000 + 1_000 * seconds + 5_000);
    expect(eve.saved).toBeLessThan(20_000);
    expect(longest).toBeLessThan(2_000);
  });

  test.each([1, 2, 3])("garbage closes its connection (seed %i)", async (seed) => {
    const random = new Random(seed);
    const [ann, bob] = [await place.browse("a.md").synced(), await place.browse("a.md").synced()];
    for (let i = 0; i < 40; i++) {
      const eve = await place.browse("a.md").synced();
      const bytes = Uint8Array.from({ length: 1 + random.below(60) }, () => random.below(256));
      eve.send(random.below(3), bytes);
      eve.close();
    }
    await typeAndRead(ann, bob, 3);
    expect(ann.text.toString()).toBe(bob.text.toString());
  });
});

describe("nobody gets in", () => {
  test.each([
    ["without a name", { "x-markco-project": "3f0c1a52-58d4-4d25-9be2-0c5f3c1f6a10" }],
    ["without a project", { "x-markco-actor": "e30" }],
    ["with a forged origin and nothing else", { origin: "https://evil.example" }],
  ])("%s", async (_, headers) => {
    const socket = new WebSocket(`ws+unix:${place.root}/run/editor.sock:/sync?path=a.md`, { headers });
    const status = await new Promise((resolve) => {
      socket.on("unexpected-response", (_request, response) => resolve(response.statusCode));
      socket.on("open", () => resolve(101));
    });
    expect(status).toBe(401);
    socket.on("error", () => undefined);
    socket.terminate();
  });
});

describe("a document that is open somewhere", () => {
  test("and is deleted ends there, and what is typed does not bring it back", async () => {
    const ann = await place.browse("a.md").synced();
    await rm(place.file("a.md"));
    ann.text.insert(0, "late ");
    await ann.until(() => ann.closedWith !== null);
    expect(ann.closedWith).toBe(CLOSE.notFound);
    await expect(place.read("a.md")).rejects.toThrow();
  });

  test("and is replaced by another one of its name shows that one", async () => {
    const ann = await place.browse("a.md").synced();
    await rm(place.file("a.md"));
    await ann.until(() => ann.closedWith !== null);
    await place.write("a.md", "another\n");
    expect((await place.browse("a.md").synced()).text.toString()).toBe("another\n");
  });
});

test.each([0, 4_000_000_000])("a change that the clock dates to second %i is seen", async (seconds) => {
  const ann = await place.browse("a.md").synced();
  await place.write("a.md", "one\ntwo\n");
  await utimes(place.file("a.md"), seconds, seconds);
  await ann.until(() => ann.text.toString() === "one\ntwo\n");
  ann.text.insert(0, "zero\n");
  await place.eventually("the file has both", async () => (await place.read("a.md")) === "zero\none\ntwo\n");
});
