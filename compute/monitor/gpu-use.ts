/**
 * For how long a runtime has a GPU and does not use it. A cell whose code wants one keeps it until no cell runs any more: it
 * may read data for an hour before it computes.
 */
import type { Measurement } from "../agent/host-agent.ts";
import type { RuntimeRecord } from "../runtime/records.ts";

/** A cell that was looked at runs within this. */
const BEGINS_MS = 5_000;

interface Use {
  /** Of the runtime: it rises with each start, wake and move, and then nothing that was counted before counts. */
  readonly epoch: number;
  readonly usedMs: number;
  readonly wanted: boolean;
}

type Runtime = Pick<RuntimeRecord, "id" | "epoch">;

export class GpuUses {
  /** Kept through a move, which the wish for a GPU begins. */
  readonly #uses = new Map<string, Use>();

  /** The code of a cell that is about to run wants a GPU. */
  want({ id, epoch }: Runtime, nowMs: number): void {
    this.#uses.set(id, { epoch, usedMs: nowMs, wanted: true });
  }

  /** Returns for how many milliseconds the GPUs have not been used. */
  look({ id, epoch }: Runtime, nowMs: number, cellRuns: boolean, gpus: Measurement["gpus"]): number {
    const before = this.#uses.get(id);
    const wanted = before?.wanted ?? false;
    const usedMs = before?.epoch === epoch ? before.usedMs : nowMs;
    // One that does not say how busy it is counts as busy.
    const computes = gpus.some(({ utilisation }) => utilisation === null || utilisation > 0);
    const use: Use = {
      epoch,
      usedMs: computes || (wanted && cellRuns) ? nowMs : usedMs,
      wanted: wanted && (cellRuns || nowMs - usedMs < BEGINS_MS),
    };
    this.#uses.set(id, use);
    return nowMs - use.usedMs;
  }

  keepOnly(isKnown: (runtimeId: string) => boolean): void {
    for (const id of this.#uses.keys()) if (!isKnown(id)) this.#uses.delete(id);
  }
}
