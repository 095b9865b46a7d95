/** Sends many files, a few at once. What is wrong with one doesn't keep the others. */
import type { IfTaken } from "../../../../shared/editor/transfer.ts";
import { ApiError } from "../api.ts";
import type { Chosen } from "./chosen.ts";
import { sendFile } from "./send-file.ts";
import type { Refused } from "./sift.ts";

const AT_ONCE = 3;

export interface Progress {
  readonly files: number;
  readonly bytes: number;
}

export interface Outcome {
  readonly placed: readonly string[];
  /** Their names were taken, and that was to be refused. */
  readonly taken: readonly Chosen[];
  readonly refused: readonly Refused[];
  /** Not sent any more. */
  readonly left: readonly Chosen[];
  /** Why it ended before its end, unless the person stopped it. */
  readonly problem: string | null;
}

export interface SendAll {
  readonly projectId: string;
  readonly ifTaken: IfTaken;
  /** Ends it: what is on its way breaks off. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

export async function sendAll(
  files: readonly Chosen[],
  { projectId, ifTaken, signal, onProgress }: SendAll,
): Promise<Outcome> {
  const placed: string[] = [];
  const taken: Chosen[] = [];
  const refused: Refused[] = [];
  const left: Chosen[] = [];
  let problem: string | null = null;
  const ended = new AbortController();
  const either = AbortSignal.any([signal, ended.signal]);
  const underWay = new Map<Chosen, number>();
  let done: Progress = { files: 0, bytes: 0 };

  function tell(): void {
    const bytes = [...underWay.values()].reduce((sum, each) => sum + each, done.bytes);
    onProgress({ files: done.files, bytes });
  }

  async function sendOne(chosen: Chosen): Promise<void> {
    const onBytes = (bytes: number) => {
      underWay.set(chosen, Math.min(bytes, chosen.file.size));
      tell();
    };
    try {
      placed.push(await sendFile(chosen, { projectId, ifTaken, signal: either, onBytes }));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (either.aborted) left.push(chosen);
      else if (error.status === 409 && ifTaken === "refuse") taken.push(chosen);
      else if (OF_THE_FILE.has(error.status)) refused.push({ path: chosen.path, why: error.message });
      else {
        left.push(chosen);
        problem = error.message;
        ended.abort();
      }
    } finally {
      underWay.delete(chosen);
      done = { files: done.files + 1, bytes: done.bytes + chosen.file.size };
      tell();
    }
  }

  const queue = files.values();
  const sender = async () => {
    for (const chosen of queue) {
      if (either.aborted) left.push(chosen);
      else await sendOne(chosen);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  return { placed, taken, refused, left, problem };
}

/** What is refused with one of these says nothing about the next file; all else would be said of each. */
const OF_THE_FILE: ReadonlySet<number> = new Set([400, 409, 413]);
