import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { Turns } from "./turns.ts";

test("what is asked for under one name happens one after the other, also after a failure; other names do not wait", async () => {
  const turns = new Turns();
  const seen: string[] = [];
  const work = (name: string, ms: number) => async () => {
    seen.push(`${name} begins`);
    await wait(ms);
    seen.push(`${name} ends`);
    if (name === "bad") throw new Error("bad");
    return name;
  };
  const bad = turns.of("a", work("bad", 20));
  const good = turns.of("a", work("good", 1));
  const other = turns.of("b", work("other", 1));
  await expect(bad).rejects.toThrow("bad");
  expect(await good).toBe("good");
  expect(await other).toBe("other");
  expect(seen).toEqual(["bad begins", "other begins", "other ends", "bad ends", "good begins", "good ends"]);
});
