/** How long to wait before something that ended is started again. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 8_000;
/** What ran this long before it ended starts again at once. */
const STEADY_MS = 30_000;

export class Backoff {
  #pauseMs = 0;
  #beganMs = 0;

  began(): void {
    this.#beganMs = Date.now();
  }

  /** Nothing the first time, then twice as long each time. */
  pauseMs(): number {
    if (Date.now() - this.#beganMs > STEADY_MS) this.#pauseMs = 0;
    const pause = this.#pauseMs;
    this.#pauseMs = Math.min(pause * 2 || FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
    return pause;
  }
}
