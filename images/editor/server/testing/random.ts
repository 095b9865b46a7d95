/** Choices that are the same for the same seed (xorshift32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    // Seeds that are near each other shall not begin alike.
    this.#state = Math.imul(seed + 1, 0x9e3779b1) || 1;
  }

  /** From 0 up to, but not, `end`. */
  below(end: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return Math.floor(((this.#state >>> 0) / 2 ** 32) * end);
  }
}
