import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Bases } from "./bases.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

/** A text of a few lines, with `words` in one of them. */
const text = (words: string) => `one\ntwo ${words}\nthree\n`;

test("a writing is merged against the text that it differs least from, which may have stood there before the last", () => {
  const bases = new Bases();
  const texts = ["", "a", "a b", "a b c", "a b c d"].map(text);
  for (const each of texts) bases.add(each);
  for (const each of texts) expect(bases.of(`zero\n${each}`, text("a b c d e"))).toBe(each);
});

test("two programs that wrote at both ends are merged against the text that they read, not against a shorter one", () => {
  const bases = new Bases();
  const texts = ["", "a", "a b", "a b c"].map(text);
  for (const each of texts) bases.add(each);
  for (const each of texts) expect(bases.of(`zero\n${each}four\n`, text("a b c d"))).toBe(each);
});

test("words that are alike don't make a longer way look shorter", () => {
  const bases = new Bases();
  const lines = (names: string[]) => names.map((name) => `<program ${name}>\n`).join("");
  const [first, second] = [lines(["0 1", "1 2", "0 3"]), lines(["0 4", "1 5", "0 1", "1 2", "1 3", "0 3", "1 4"])];
  bases.add(first);
  bases.add(second);
  expect(bases.of(lines(["0 4", "1 5", "1 6", "0 1", "1 7", "1 2", "1 3", "0 11", "0 3", "0 10", "1 4"]), first)).toBe(
    second,
  );
});

test("if two are as likely, the last one is taken, which is in the file for certain", () => {
  const bases = new Bases();
  bases.add("one\ntwo\n");
  expect(bases.of("two\n", "two\n")).toBe("two\n");
  expect(bases.of("three\n", "one\n")).toBe("one\n");
});

test("five seconds after it stood there a text is forgotten", () => {
  const bases = new Bases();
  bases.add(text("a"));
  vi.advanceTimersByTime(3_000);
  bases.add(text("a b"));
  bases.add(text("a b"));
  vi.advanceTimersByTime(2_001);
  expect(bases.of(text("a x"), text("a b c d"))).toBe(text("a b"));
  vi.advanceTimersByTime(3_000);
  expect(bases.of(text("a x"), text("a b c d"))).toBe(text("a b c d"));
  expect(bases.isEmpty).toBe(true);
});

test("many texts of a large document take little more room than one", () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const bases = new Bases();
  let last = "many words that are in this document ".repeat(100_000);
  const heap = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  bases.add(last);
  const before = heap();
  for (let i = 0; i < 30; i++) {
    last = Buffer.from(`${last}and words that are long enough to be a slice of it `).toString();
    bases.add(last);
  }
  expect(heap() - before).toBeLessThan(3 * last.length);
});
