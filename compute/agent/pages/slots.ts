/**
 * Buffers of one size that are used again. With fresh ones for all of a runtime's memory, Node's collector takes as long as the
 * network: 0.4 s for 512 MB were measured.
 */
export class Slots {
  readonly #bytes: number;
  readonly #free: Buffer[] = [];

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** One that its taker uses. */
  take(): Slot {
    const buffer = this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#bytes);
    return new Slot(buffer, () => this.#free.push(buffer));
  }
}

export class Slot {
  readonly buffer: Buffer;
  #users = 1;
  readonly #leave: () => void;

  constructor(buffer: Buffer, leave: () => void) {
    this.buffer = buffer;
    this.#leave = leave;
  }

  /** One more uses it. */
  share(): void {
    this.#users++;
  }

  /** One less: it is used for something else when nobody does. */
  release(): void {
    this.#users--;
    if (this.#users === 0) this.#leave();
  }
}
