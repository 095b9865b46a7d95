/**
 * The connection of one terminal to the runtime (shared/runtime/terminal.ts). It comes back by itself. Each time, the runtime
 * sends what stands on the screen first, so nothing is shown twice; and nothing that is typed is ever sent again.
 */

import type * as z from "zod";
import type { RuntimeView } from "../../../../shared/daemon/contract.ts";
import {
  TERMINAL_CLOSE,
  type TerminalInput,
  TerminalOutput,
  type TerminalSize,
} from "../../../../shared/runtime/terminal.ts";
import { ApiError } from "../api.ts";

const RETRY_MS = [250, 1_000, 2_000, 5_000];
/** Characters of one message: a larger one would be refused. */
const MAX_INPUT = 256 * 1024;

export type TerminalState =
  | { readonly kind: "connecting" }
  /** What stands there is shown, and what is typed gets there. */
  | { readonly kind: "shown" }
  | { readonly kind: "lost" }
  /** No runtime runs. It is left so until somebody wants the terminal: a page in the background must not keep it awake. */
  | { readonly kind: "resting" }
  | { readonly kind: "ended"; readonly code: number }
  | { readonly kind: "refused"; readonly reason: string };

export interface TerminalConnectionInput {
  readonly projectId: string;
  readonly name: string;
  readonly size: () => z.infer<typeof TerminalSize>;
  /** Shows the text, in the place of all that was shown before if `isAll`; `done` is called once it has. */
  readonly show: (text: string, isAll: boolean, done: () => void) => void;
  readonly tell: (state: TerminalState) => void;
  /** The runtime as it is now. Throws ApiError. */
  readonly look: () => Promise<RuntimeView | null>;
}

export class TerminalConnection {
  readonly #input: TerminalConnectionInput;
  #socket: WebSocket | null = null;
  #state: TerminalState | null = null;
  #failures = 0;
  #retry = 0;
  #isClosed = false;

  constructor(input: TerminalConnectionInput) {
    this.#input = input;
  }

  /** Opens the terminal. The runtime is started, or woken, if it does not run. */
  start(): void {
    this.#failures = 0;
    this.#connect();
  }

  /** Opens it if the runtime runs. */
  async resume(): Promise<void> {
    const runtime = await this.#input.look().catch((error: unknown) => {
      if (error instanceof ApiError && [403, 404].includes(error.status)) return error;
      return undefined;
    });
    if (this.#isClosed || this.#socket) return;
    if (runtime instanceof ApiError) {
      this.#tell({ kind: "refused", reason: runtime.message });
      return;
    }
    switch (runtime === undefined ? "unknown" : runtime?.state) {
      case "running":
      case "moving":
      case "starting":
      case "waking":
        this.#connect();
        break;
      // It may go to sleep, or be kept under a name and go on.
      case "unknown":
      case "checkpointing":
      case "stopping":
        this.#again();
        break;
      default:
        this.#tell({ kind: "resting" });
    }
  }

  type(data: string): void {
    // What comes while the screen is shown anew is an answer of the terminal's to a question of long ago.
    if (this.#state?.kind !== "shown") return;
    for (const piece of piecesOf(data)) this.#send({ type: "input", data: piece });
  }

  resize(): void {
    if (this.#state?.kind === "shown") this.#send({ type: "resize", ...this.#input.size() });
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#socket?.close();
  }

  #connect(): void {
    clearTimeout(this.#retry);
    const { projectId, name, size } = this.#input;
    const url = new URL(`/api/projects/${projectId}/terminals/${name}`, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const sent = size();
    for (const [key, value] of Object.entries(sent)) url.searchParams.set(key, String(value));
    this.#socket?.close();
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#tell({ kind: "connecting" });
    socket.addEventListener("message", ({ data }) => {
      if (this.#socket === socket) this.#take(socket, TerminalOutput.parse(JSON.parse(String(data))));
    });
    socket.addEventListener("close", ({ code, reason }) => {
      if (this.#socket === socket) this.#onClose(code, reason);
    });
  }

  #take(socket: WebSocket, message: TerminalOutput): void {
    if (message.type === "end") {
      this.#tell({ kind: "ended", code: message.code });
      return;
    }
    const { type, data, position } = message;
    this.#input.show(data, type === "screen", () => {
      if (this.#socket !== socket) return;
      if (type === "screen") {
        this.#failures = 0;
        this.#tell({ kind: "shown" });
        // It may have another size by now.
        this.resize();
      }
      this.#send({ type: "take", position });
    });
  }

  #onClose(code: number, reason: string): void {
    this.#socket = null;
    if (this.#isClosed || this.#state?.kind === "ended") return;
    if (code === TERMINAL_CLOSE.refused) {
      this.#tell({ kind: "refused", reason: reason || "The terminal can't be opened." });
      return;
    }
    this.#tell({ kind: "lost" });
    this.#again();
  }

  #again(): void {
    const wait = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)];
    this.#failures++;
    clearTimeout(this.#retry);
    this.#retry = window.setTimeout(() => void this.resume(), wait);
  }

  #tell(state: TerminalState): void {
    this.#state = state;
    this.#input.tell(state);
  }

  #send(message: z.infer<typeof TerminalInput>): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}

/** What is pasted may be long. A pair of surrogates is one character, and stays together. */
function piecesOf(data: string): string[] {
  return data.length <= MAX_INPUT ? [data] : (data.match(new RegExp(`.{1,${MAX_INPUT}}`, "gsu")) ?? []);
}
