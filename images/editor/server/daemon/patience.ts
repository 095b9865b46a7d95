/** Asking the daemon until it answers: it is restarted, moved and updated while cells run. */
import { setTimeout as wait } from "node:timers/promises";
import { Fault, type FaultCode } from "../../../../shared/daemon/fault.ts";
import { DaemonUnreachable } from "./daemon.ts";

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 3_000;
/** For how long an answer that says "not now" is taken for a passing state. */
const GIVE_UP_MS = 60_000;

const PASSING = new Set<FaultCode>(["unavailable", "internal", "limit"]);

/**
 * What `ask` comes to. While the daemon can't be reached it is asked again, for as long as `signal` allows; a fault that
 * may pass is taken for final after a minute, any other at once.
 */
export async function patiently<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  let waitMs = FIRST_WAIT_MS;
  let refusedSince: number | null = null;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof Fault) {
        refusedSince ??= performance.now();
        if (!PASSING.has(error.code) || performance.now() - refusedSince > GIVE_UP_MS) throw error;
      } else if (!(error instanceof DaemonUnreachable)) throw error;
      else refusedSince = null;
    }
    await wait(waitMs, undefined, { signal });
    waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
  }
}
