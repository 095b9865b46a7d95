import { fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { markOf } from "../process.ts";
import { SupervisedService } from "./supervise.ts";

const ENTRY = join(import.meta.dirname, "fixtures", "echo.ts");

let folder: string;
let file: string;
let service: SupervisedService | null;
let children: number[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "markco-service-"));
  file = join(folder, "told");
  writeFileSync(file, "");
  children = [];
  service = null;
});
afterEach(async () => {
  await service?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function make(failWith: string | null = null): SupervisedService {
  service = new SupervisedService({ name: "the echo", entry: ENTRY, settings: { file, failWith } }, (pid) =>
    children.push(pid),
  );
  return service;
}

const told = () => readFileSync(file, "utf8").trim().split("\n").filter(Boolean);

/** Resolves when the service has written `count` lines in all. */
function lines(count: number): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(file, check);
    function check() {
      if (told().length < count) return;
      watcher.close();
      resolve();
    }
    check();
  });
}

describe("a supervised service", () => {
  test("is ready when start resolves, and closes in order when it is stopped", async () => {
    const echo = make();
    await echo.start();
    expect(told()).toEqual([String(children[0])]);
    await echo.stop();
    expect(told()).toEqual([String(children[0]), "closed"]);
    expect(markOf(children[0] ?? 0)).toBeNull();
  });

  test("that is killed is started again", async () => {
    await make().start();
    process.kill(children[0] ?? 0, "SIGKILL");
    await lines(2);
    expect(told()[1]).toBe(String(children[1]));
  });

  test("that was stopped stays stopped", async () => {
    const echo = make();
    await echo.start();
    await echo.stop();
    await echo.stop();
    expect(children).toHaveLength(1);
  });

  test("tells why it can't start", async () => {
    await expect(make("the port is taken").start()).rejects.toThrow("the echo: the port is taken");
  });

  test("ends in order when its parent is gone", async () => {
    const child = fork(ENTRY, { stdio: ["ignore", "ignore", "ignore", "ipc"] });
    child.send({ file, failWith: null });
    await lines(1);
    // What the kernel does to the channel when a parent is killed.
    child.disconnect();
    await lines(2);
    expect(told()).toEqual([String(child.pid), "closed"]);
  });
});
