/** Nonces of signed requests, kept in the journal so that a restart does not open the window for a replay again. */
import { type NonceStore, SIGNATURE_WINDOW_MS } from "../../shared/daemon/signature.ts";
import type { Journal } from "../journal/journal.ts";

export function journaledNonces(journal: Journal): NonceStore {
  let nextSweepMs = 0;
  return {
    claim(nonce, nowMs) {
      if (nowMs >= nextSweepMs) {
        // A request is good for one window on either side of its time stamp.
        journal.run("delete from nonces where seen_ms < ?", nowMs - 2 * SIGNATURE_WINDOW_MS);
        nextSweepMs = nowMs + SIGNATURE_WINDOW_MS;
      }
      return journal.run("insert or ignore into nonces (nonce, seen_ms) values (?, ?)", nonce, nowMs) === 1;
    },
  };
}
