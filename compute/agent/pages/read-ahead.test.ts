import { beforeEach, describe, expect, test } from "vitest";
import { PAGE_BYTES, type Range } from "./memory-source.ts";
import { ReadAhead } from "./read-ahead.ts";
import type { Urgency } from "./source-link.ts";

const HEAP = 0x10_0000;
const MIB_PAGES = 256;
const at = (page: number) => HEAP + page * PAGE_BYTES;
const range = (page: number, pages: number, process = 1): Range => ({ process, address: at(page), pages });

/** A source that answers when it is told to; each page holds its own number. */
class Source {
  readonly asked: { readonly range: Range; readonly urgency: Urgency; answer(): void; lose(): void }[] = [];

  fetch = (range: Range, into: Buffer, urgency: Urgency): Promise<void> =>
    new Promise((resolve, reject) => {
      const answer = () => {
        const first = (range.address - HEAP) / PAGE_BYTES;
        for (let i = 0; i < range.pages; i++) into.writeUInt32LE(first + i, i * PAGE_BYTES);
        resolve();
      };
      this.asked.push({ range, urgency, answer, lose: () => reject(new Error("lost")) });
    });

  /** Answers all that is asked, and what that leads to, until nothing more is. */
  async answerAll(): Promise<void> {
    for (let done = 0; done < this.asked.length; ) {
      for (const one of this.asked.slice(done)) one.answer();
      done = this.asked.length;
      await new Promise(setImmediate);
    }
  }

  last() {
    const last = this.asked.at(-1);
    if (!last) throw new Error("nothing has been asked");
    return last;
  }
}

const numbersIn = (bytes: Buffer) =>
  Array.from({ length: bytes.length / PAGE_BYTES }, (_, i) => bytes.readUInt32LE(i * PAGE_BYTES));
const upTo = (from: number, pages: number) => Array.from({ length: pages }, (_, i) => from + i);

let source: Source;
beforeEach(() => {
  source = new Source();
});

describe("what lies ahead", () => {
  test("is fetched in order, several requests at a time", () => {
    new ReadAhead([range(0, 4 * MIB_PAGES)], source.fetch).advance();
    expect(source.asked.map((one) => one.range)).toEqual(upTo(0, 4).map((i) => range(i * MIB_PAGES, MIB_PAGES)));
  });

  test("is fetched as far as there is room, and further when it has been passed on", async () => {
    const pages = new ReadAhead([range(0, 10 * MIB_PAGES)], source.fetch, 2 * MIB_PAGES);
    pages.advance();
    await source.answerAll();
    expect(source.asked).toHaveLength(2);
    for (const page of [0, 16, MIB_PAGES]) await pages.ask(range(page, 16));
    await source.answerAll();
    expect(source.asked.map((one) => one.range)).toEqual(upTo(0, 3).map((i) => range(i * MIB_PAGES, MIB_PAGES)));
  });

  test("is fetched for all processes in turn", async () => {
    new ReadAhead([range(0, 2 * MIB_PAGES, 1), range(0, 2 * MIB_PAGES, 2)], source.fetch).advance();
    expect(source.asked.map((one) => one.range.process)).toEqual([1, 2, 1, 2]);
  });

  test("of pages that stand alone is all passed on, although there is room for a few only", async () => {
    const alone = upTo(0, 40).map((i) => range(2 * i, 1));
    const pages = new ReadAhead(alone, source.fetch, 4);
    pages.advance();
    for (const one of alone) {
      await source.answerAll();
      expect(numbersIn((await pages.ask(one)).bytes)).toEqual([(one.address - HEAP) / PAGE_BYTES]);
    }
    expect(source.asked.every(({ urgency }) => urgency === "read ahead")).toBe(true);
  });
});

describe("a request", () => {
  test("is answered with as many of its pages as are together, at least the first", async () => {
    const pages = new ReadAhead([range(0, MIB_PAGES + 10)], source.fetch);
    pages.advance();
    await source.answerAll();
    const { range: got, bytes } = await pages.ask(range(MIB_PAGES - 2, 8));
    expect(got).toEqual(range(MIB_PAGES - 2, 2));
    expect(numbersIn(bytes)).toEqual([MIB_PAGES - 2, MIB_PAGES - 1]);
  });

  test("waits for what is on its way already, and asks for nothing twice", async () => {
    const pages = new ReadAhead([range(0, 3)], source.fetch);
    pages.advance();
    const asked = pages.ask(range(0, 3));
    source.last().answer();
    expect(numbersIn((await asked).bytes)).toEqual([0, 1, 2]);
    expect(source.asked).toHaveLength(1);
  });

  test("that jumps ahead is answered at once, and what it has jumped over is not fetched any more", async () => {
    const pages = new ReadAhead([range(0, 20 * MIB_PAGES)], source.fetch, MIB_PAGES);
    pages.advance();
    const asked = pages.ask(range(15 * MIB_PAGES, 16));
    expect(source.last()).toMatchObject({ range: range(15 * MIB_PAGES, MIB_PAGES), urgency: "waited for" });
    await source.answerAll();
    expect(numbersIn((await asked).bytes)).toEqual(upTo(15 * MIB_PAGES, 16));
    await source.answerAll();
    expect(source.asked.some((one) => one.range.address === at(MIB_PAGES))).toBe(false);
  });

  test("for what has been passed on is answered anew: the process has forked", async () => {
    const pages = new ReadAhead([range(0, 2 * MIB_PAGES)], source.fetch);
    pages.advance();
    await source.answerAll();
    await pages.ask(range(MIB_PAGES, 2));
    const again = pages.ask(range(3, 2));
    expect(source.last()).toMatchObject({ range: range(3, 2), urgency: "waited for" });
    source.last().answer();
    expect(numbersIn((await again).bytes)).toEqual([3, 4]);
  });

  test("keeps its pages until they are released, though what comes next needs room", async () => {
    const pages = new ReadAhead([range(0, 8 * MIB_PAGES)], source.fetch, MIB_PAGES);
    pages.advance();
    await source.answerAll();
    const held = await pages.ask(range(0, 2));
    for (let block = 1; block < 4; block++) {
      const asked = pages.ask(range(block * MIB_PAGES, 2));
      await source.answerAll();
      (await asked).release();
    }
    expect(numbersIn(held.bytes)).toEqual([0, 1]);
  });

  test("for what no process has is refused", async () => {
    const pages = new ReadAhead([range(4, 2), range(10, 2)], source.fetch);
    for (const [page, process] of [
      [3, 1],
      [6, 1],
      [12, 1],
      [4, 2],
    ] as const)
      await expect(pages.ask(range(page, 1, process))).rejects.toThrow("has no page");
  });

  test("fails if the source is lost", async () => {
    const pages = new ReadAhead([range(0, 3)], source.fetch);
    pages.advance();
    const asked = pages.ask(range(0, 3));
    source.last().lose();
    await expect(asked).rejects.toThrow("lost");
  });
});

describe("a page that is touched", () => {
  test("overtakes what is read ahead, with its neighbours", async () => {
    const pages = new ReadAhead([range(0, 100 * MIB_PAGES)], source.fetch);
    pages.advance();
    const waiting = source.asked.length;
    const [page, neighbour] = [pages.ask(range(20_000, 1)), pages.ask(range(20_001, 1))];
    expect(source.asked).toHaveLength(waiting + 1);
    expect(source.last()).toMatchObject({ range: range(20_000, 16), urgency: "waited for" });
    source.last().answer();
    expect(numbersIn((await page).bytes)).toEqual([20_000]);
    expect(numbersIn((await neighbour).bytes)).toEqual([20_001]);
  });

  test("overtakes the request that has it among many others", async () => {
    const pages = new ReadAhead([range(0, MIB_PAGES)], source.fetch);
    pages.advance();
    const page = pages.ask(range(255, 1));
    source.last().answer();
    expect(numbersIn((await page).bytes)).toEqual([255]);
  });

  test("that is here is not asked for again", async () => {
    const pages = new ReadAhead([range(0, 4)], source.fetch);
    pages.advance();
    await source.answerAll();
    expect(numbersIn((await pages.ask(range(3, 1))).bytes)).toEqual([3]);
    expect(source.asked).toHaveLength(1);
  });
});
