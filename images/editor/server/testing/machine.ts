/**
 * A machine that an editor server runs on, inside a test's process: it can die at any write, sync or rename, and its disk can
 * be full. What runs on a dead machine goes on for ever without an effect, as far as the disk is concerned.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import fs from "node:fs";
import files, { type FileHandle } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const here = new AsyncLocalStorage<Machine>();

export class Machine {
  dead = false;
  /** Why its disk takes nothing, if it does. */
  refuses: "ENOSPC" | "EROFS" | null = null;
  /** How long a step of its disk takes at least. */
  delayMs = 0;
  /** The most steps that were under way at once. */
  busiest = 0;
  /** Steps of the disk until it dies. */
  #left = Number.POSITIVE_INFINITY;
  #afterTheStep = false;
  readonly #underWay = new Set<Promise<unknown>>();

  /** Everything that `act` starts happens on this machine. */
  run<T>(act: () => T): T {
    return here.run(this, act);
  }

  /** It dies at the disk's step after so many, before or after it is done. */
  dieAfter(steps: number, afterTheStep: boolean): void {
    this.#left = steps;
    this.#afterTheStep = afterTheStep;
  }

  get isDying(): boolean {
    return this.#left !== Number.POSITIVE_INFINITY;
  }

  die(): void {
    this.dead = true;
  }

  /** Resolves when nothing that it began can reach the disk any more. */
  async still(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  /** True if the step is the last one, and not done. */
  #diesBefore(): boolean {
    if (!this.dead && this.#left-- <= 0) this.dead = true;
    return this.dead && !(this.#left === -1 && this.#afterTheStep);
  }

  step<T>(needsRoom: boolean, act: () => Promise<T>): Promise<T> {
    if (this.dead || this.#diesBefore()) return new Promise<never>(() => undefined);
    if (this.refuses && needsRoom)
      return Promise.reject(Object.assign(new Error(this.refuses), { code: this.refuses }));
    const acting = this.delayMs === 0 ? act() : wait(this.delayMs).then(act);
    this.#underWay.add(acting);
    this.busiest = Math.max(this.busiest, this.#underWay.size);
    const done = () => this.#underWay.delete(acting);
    acting.then(done, done);
    return acting.finally(() => (this.dead ? new Promise<never>(() => undefined) : undefined));
  }

  stepNow(act: () => void): void {
    if (this.dead || this.#diesBefore()) throw new Error("the machine is dead");
    act();
    if (this.dead) throw new Error("the machine is dead");
  }
}

/** Lets machines stand between the code under test and the disk, for the rest of the process. */
export async function interpose(): Promise<void> {
  const probePath = join(tmpdir(), `probe-${process.pid}`);
  const probe = await files.open(probePath, "w");
  await probe.close();
  await files.rm(probePath);
  const handle: FileHandle = Object.getPrototypeOf(probe);
  for (const name of ["write", "writeFile", "datasync", "sync", "truncate"] as const) {
    wrap(handle, name, name !== "truncate");
  }
  for (const name of ["rename", "link", "rm", "mkdir", "writeFile", "cp"] as const)
    wrap(files, name, name !== "rm" && name !== "rename" && name !== "link");
  const { renameSync } = fs;
  fs.renameSync = (from, to) => {
    const machine = here.getStore();
    if (machine) machine.stepNow(() => renameSync(from, to));
    else renameSync(from, to);
  };
  syncBuiltinESMExports();
}

function wrap(owner: object, name: string, needsRoom: boolean): void {
  const original: unknown = Reflect.get(owner, name);
  if (typeof original !== "function") throw new Error(`there is no ${name}`);
  Reflect.set(owner, name, function wrapped(this: unknown, ...args: unknown[]) {
    const machine = here.getStore();
    const act = () => Reflect.apply(original, this, args);
    return machine ? machine.step(needsRoom, act) : act();
  });
}
