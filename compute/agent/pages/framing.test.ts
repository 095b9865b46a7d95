import { describe, expect, test } from "vitest";
import { AnswerReader, announce, askFor, HEAD_BYTES, MAX_PAGES, RequestReader } from "./framing.ts";
import { PAGE_BYTES, type Range } from "./memory-source.ts";

const RANGE: Range = { process: 17, address: 0x7f12_3456_7000, pages: 3 };
const OTHER: Range = { process: 1, address: 0x40_0000, pages: 1 };
const pagesOf = ({ pages }: Range, value: number) => Buffer.alloc(pages * PAGE_BYTES, value);

/** All ways to cut bytes in two, the pieces that are empty as well. */
function* halves(bytes: Buffer): Generator<[Buffer, Buffer]> {
  for (let at = 0; at <= bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)];
}

describe("requests", () => {
  test("are CRIU's: a head of 32 bytes, as a page server on x86 gets it", () => {
    expect(askFor(RANGE).toString("hex")).toBe(
      ["07000000", "00000000", "0300000000000000", "00705634127f0000", "1100000000000000"].join(""),
    );
  });

  test("are read wherever their bytes are cut", () => {
    for (const pieces of halves(Buffer.concat([askFor(RANGE), askFor(OTHER)]))) {
      const reader = new RequestReader();
      expect(pieces.flatMap((piece) => reader.add(piece))).toEqual([
        { kind: "get", range: RANGE },
        { kind: "get", range: OTHER },
      ]);
    }
  });

  test("for what no process has are refused", () => {
    for (const bad of [
      { ...RANGE, pages: 0 },
      { ...RANGE, pages: MAX_PAGES + 1 },
      { ...RANGE, address: RANGE.address + 1 },
      { ...RANGE, process: 2 ** 31 },
    ]) {
      expect(() => new RequestReader().add(askFor(bad))).toThrow(RangeError);
    }
    expect(() => new RequestReader().add(Buffer.alloc(HEAD_BYTES, "GET / HTTP/1.1"))).toThrow("no request for pages");
  });
});

describe("answers", () => {
  test("are read wherever their bytes are cut", () => {
    const [first, second] = [pagesOf(OTHER, 1), pagesOf(OTHER, 2)];
    const answers = Buffer.concat([announce(OTHER), first, announce(OTHER), second]);
    for (const pieces of halves(answers)) {
      const got: Buffer[] = [];
      const into = Buffer.alloc(PAGE_BYTES);
      const reader = new AnswerReader(
        (range) => {
          expect(range).toEqual(OTHER);
          return into;
        },
        () => got.push(Buffer.from(into)),
      );
      for (const piece of pieces) reader.add(piece);
      expect(got.map((pages, i) => pages.equals([first, second][i] ?? Buffer.alloc(0)))).toEqual([true, true]);
    }
  });

  test("that are none are refused", () => {
    const reader = new AnswerReader(
      () => Buffer.alloc(0),
      () => {},
    );
    expect(() => reader.add(askFor(RANGE))).toThrow("no answer with pages");
  });
});
