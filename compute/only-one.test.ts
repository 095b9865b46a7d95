import { expect, test } from "vitest";
import { claimMachine } from "./only-one.ts";

test("two daemons started by mistake: one refuses, until the other has ended", async () => {
  const name = `markco-test-${process.pid}`;
  const release = await claimMachine(name);
  await expect(claimMachine(name)).rejects.toThrow(/another process is markco-test/);
  release();
  (await claimMachine(name))();
});
