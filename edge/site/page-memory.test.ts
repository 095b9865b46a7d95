import { expect, test } from "vitest";
import { PageMemory } from "./page-memory.ts";

const MILLION = "x".repeat(1_000_000);

test("gives back what it keeps, and nothing else", () => {
  const memory = new PageMemory();
  memory.keep("a", "page a");
  expect(memory.get("a")).toBe("page a");
  expect(memory.get("b")).toBeNull();
});

test("lets go of what nobody asked for longest, and stays within its bound", () => {
  const memory = new PageMemory();
  for (const key of ["1", "2", "3", "4", "5", "6"]) memory.keep(key, MILLION);
  memory.get("1");
  memory.keep("7", MILLION);
  memory.keep("8", MILLION);
  const kept = ["1", "2", "3", "4", "5", "6", "7", "8"].filter((key) => memory.get(key) !== null);
  expect(kept).toEqual(["1", "4", "5", "6", "7", "8"]);
});

test("counts a page that came again once", () => {
  const memory = new PageMemory();
  memory.keep("small", "x");
  for (let i = 0; i < 20; i++) memory.keep("again", MILLION);
  memory.keep("again", "other");
  expect(memory.get("small")).toBe("x");
  expect(memory.get("again")).toBe("other");
});

test("does not empty itself for a page that is larger than all of it", () => {
  const memory = new PageMemory();
  memory.keep("small", "x");
  memory.keep("huge", MILLION.repeat(7));
  expect(memory.get("small")).toBe("x");
  expect(memory.get("huge")).toBeNull();
});
