/**
 * What one browser may send: a burst, and then so much a second. People don't come near; whoever floods the server waits, and
 * everybody else does not.
 */
const BURST = 2_000;
const PER_SECOND = 1_000;
/** A large message counts as several. */
const BYTES = 10_000;

export class Allowance {
  #left = BURST;
  #at = performance.now();

  /** Takes a message of so many bytes. Returns the milliseconds until the next one may come. */
  take(bytes: number): number {
    const now = performance.now();
    this.#left = Math.min(BURST, this.#left + ((now - this.#at) * PER_SECOND) / 1000) - 1 - bytes / BYTES;
    this.#at = now;
    return this.#left >= 0 ? 0 : (-this.#left * 1000) / PER_SECOND;
  }
}
