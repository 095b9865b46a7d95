import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { markOf } from "./process.ts";
import { RunRecord, runningStart } from "./run-record.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "markco-run-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A record as a start that was killed leaves it. */
function leaveRecord(groups: object[]) {
  const gone = { pid: 4_000_000, startTicks: "1", bootId: "an earlier boot" };
  writeFileSync(join(folder, "start.json"), JSON.stringify({ owner: gone, address: "http://localhost:1", groups }));
}

describe("the record of a start", () => {
  test("names the one that runs, and refuses a second", () => {
    RunRecord.take(folder, "http://localhost:8787");
    expect(runningStart(folder)).toEqual({ pid: process.pid, address: "http://localhost:8787" });
    expect(() => RunRecord.take(folder, "http://localhost:9000")).toThrow(
      `already running at http://localhost:8787 (process ${process.pid})`,
    );
  });

  test("is gone when the start gives it back", () => {
    RunRecord.take(folder, "http://localhost:8787").release();
    expect(runningStart(folder)).toBeNull();
    expect(RunRecord.take(folder, "http://localhost:8787").afterCrash).toBe(false);
  });

  test("of a killed start is taken over, and what that start left running is killed", async () => {
    const left = spawn("sleep", ["1000"], { detached: true, stdio: "ignore" });
    const ended = once(left, "exit");
    leaveRecord([markOf(left.pid ?? 0) ?? {}]);
    expect(runningStart(folder)).toBeNull();
    expect(RunRecord.take(folder, "http://localhost:8787").afterCrash).toBe(true);
    expect(await ended).toEqual([null, "SIGKILL"]);
  });

  test("doesn't kill a stranger that has the number of an ended process", async () => {
    const stranger = spawn("sleep", ["1000"], { detached: true, stdio: "ignore" });
    leaveRecord([{ ...markOf(stranger.pid ?? 0), startTicks: "1" }]);
    RunRecord.take(folder, "http://localhost:8787");
    expect(markOf(stranger.pid ?? 0)).not.toBeNull();
    stranger.kill("SIGKILL");
  });
});
