/** One after the other, for each name. */
export class Turns {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Does `work` when what was asked for before under this name has ended, well or not. */
  of<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(name) ?? Promise.resolve();
    const done = before.then(work, work);
    const tail = done.catch(() => {});
    this.#tails.set(name, tail);
    tail.then(() => {
      if (this.#tails.get(name) === tail) this.#tails.delete(name);
    });
    return done;
  }
}
