/**
 * Edits of three people, disconnections, kills at any write, sync and rename, a disk that fills up, and two programs that
 * rewrite the file, in the order that a seed has. MARKCO_SEED is the first seed, MARKCO_SCHEDULES how many follow.
 */
import { beforeAll, expect, test } from "vitest";
import { interpose } from "./testing/machine.ts";
import { Schedule } from "./testing/schedule.ts";

const first = Number(process.env.MARKCO_SEED ?? 1);
const count = Number(process.env.MARKCO_SCHEDULES ?? 200);
/** Schedules mostly wait for a file to rest. */
const AT_ONCE = 20;

beforeAll(interpose);

test("whatever happens, all converge with the file, and everything acknowledged is there once", async () => {
  console.log(`${count} schedules, MARKCO_SEED=${first}`);
  const failures: string[] = [];
  let next = first;
  const play = async () => {
    while (next < first + count) {
      const seed = next++;
      await Schedule.play(seed).catch((error: Error) => failures.push(error.message));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, play));
  expect(failures).toEqual([]);
}, 3_600_000);
