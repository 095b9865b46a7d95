import { describe, expect, test } from "vitest";
import { applyChanges } from "./changes.ts";
import { diffText } from "./diff.ts";
import { mergeChanges } from "./merge.ts";

const merge = (base: string, ours: string, theirs: string) => applyChanges(ours, mergeChanges(base, ours, theirs));

describe("the difference of two texts", () => {
  test.each([
    ["", "a\n"],
    ["a\nb\nc\n", "a\nc\n"],
    ["a\nb\nc\nd\ne", "x\nb\nc\ny\ne\nf"],
    ["same\n", "same\n"],
    ["😀\n", "😃\n"],
    ["a", ""],
  ])("%j becomes %j", (before, after) => {
    expect(applyChanges(before, diffText(before, after))).toBe(after);
  });

  test("any text becomes any other, by changes that lie apart", () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    const text = () => Array.from({ length: random(12) }, () => "abc"[random(3)] + (random(4) ? "\n" : "")).join("");
    for (let round = 0; round < 2000; round++) {
      const [before, after] = [text(), text()];
      const changes = diffText(before, after);
      expect(applyChanges(before, changes)).toBe(after);
      for (const [i, change] of changes.entries()) expect(change.from).toBeGreaterThanOrEqual(changes[i - 1]?.to ?? 0);
    }
  });

  test("a half of a surrogate pair is never changed alone", () => {
    for (const { insert } of diffText("a😀b\n", "a😃b\n")) expect(insert.isWellFormed()).toBe(true);
  });

  test("a very large change is one change, at once", () => {
    const lines = (word: string) => Array.from({ length: 20_000 }, (_, i) => `${word} ${i}\n`).join("");
    expect(applyChanges(lines("a"), diffText(lines("a"), lines("b")))).toBe(lines("b"));
  });
});

describe("an edit from outside", () => {
  const base = "# T\n\none\n\ntwo\n\nthree\n";
  test("comes in where nobody has typed", () => {
    expect(merge(base, base, base.replace("two", "TWO"))).toBe(base.replace("two", "TWO"));
  });
  test("joins what is being typed elsewhere", () => {
    expect(merge(base, base.replace("one", "one more"), base.replace("three\n", "three\n\nfour\n"))).toBe(
      "# T\n\none more\n\ntwo\n\nthree\n\nfour\n",
    );
  });
  test("does not take away what was typed in the passage that it deleted", () => {
    expect(merge("a\nb\nc\n", "a\nb\nnew\nc\n", "a\nc\n")).toBe("a\nnew\nc\n");
  });
  test("that both made alike is made once", () => {
    expect(merge(base, base.replace("two", "2"), base.replace("two", "2"))).toBe(base.replace("two", "2"));
    expect(merge("a\n", "a\nb\nmine\n", "a\nb\n")).toBe("a\nb\nmine\n");
  });
  test("keeps both where both wrote in one place", () => {
    const merged = merge("a\n", "a\nours\n", "a\ntheirs\n");
    expect(merged).toContain("ours");
    expect(merged).toContain("theirs");
  });
  test("of any kind leaves every line that only one side added", () => {
    let seed = 3;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    for (let round = 0; round < 500; round++) {
      const lines = Array.from({ length: 8 }, (_, i) => `line ${i}`);
      const edit = (name: string) => {
        const copy = [...lines];
        for (let n = 0; n < 2; n++) copy.splice(random(copy.length + 1), random(3), `${name} ${n}`);
        return copy;
      };
      const [ours, theirs] = [edit("ours"), edit("theirs")];
      const merged = merge(`${lines.join("\n")}\n`, `${ours.join("\n")}\n`, `${theirs.join("\n")}\n`);
      for (const line of [...ours, ...theirs]) {
        if (/^(ours|theirs)/.test(line)) expect(merged).toContain(line);
      }
    }
  });
});
