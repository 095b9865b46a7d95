/** A WebSocket without a network: what the server holds, and the browser's end of it. */
import { EventEmitter } from "node:events";
import type { WebSocket } from "ws";
import type { Socket } from "./browser.ts";
import type { Machine } from "./machine.ts";

export class Wire {
  readonly server: WebSocket;
  readonly browser: Socket;
  readonly #ends: readonly [End, End];

  /** `machine` is where the server's end is. */
  constructor(machine: Machine) {
    const server = new End((act) => machine.run(() => machine.dead || act()));
    const browser = new End((act) => act());
    server.other = browser;
    browser.other = server;
    this.#ends = [server, browser];
    this.server = server as unknown as WebSocket;
    this.browser = browser as unknown as Socket;
  }

  cut(code = 1006): void {
    for (const end of this.#ends) end.shut(code);
  }
}

class End extends EventEmitter {
  readonly OPEN = 1;
  readonly bufferedAmount = 0;
  readonly isPaused = false;
  readyState = 1;
  other: End | null = null;
  readonly #hear: (act: () => unknown) => void;

  constructor(hear: (act: () => unknown) => void) {
    super();
    this.setMaxListeners(0);
    this.#hear = hear;
  }

  send(message: Uint8Array): void {
    const { other } = this;
    if (this.readyState !== this.OPEN || !other) return;
    const copy = Buffer.from(message);
    setImmediate(() => {
      if (other.readyState === this.OPEN) other.#hear(() => other.emit("message", copy));
    });
  }

  shut(code: number): void {
    if (this.readyState !== this.OPEN) return;
    this.readyState = 3;
    this.#hear(() => this.emit("close", code));
  }

  close(code = 1000): void {
    this.other?.shut(code);
    this.shut(code);
  }

  terminate(): void {
    this.close(1006);
  }

  ping(): void {
    setImmediate(() => this.emit("pong"));
  }

  /** Nothing piles up here. */
  pause(): void {}

  resume(): void {}
}
