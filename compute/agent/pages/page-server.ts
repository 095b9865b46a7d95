/** Serves the pages of a `MemorySource` to whoever has the handover's key: several connections, on each one answer after the other. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { announce, closed, MAX_PAGES, type Request, RequestReader } from "./framing.ts";
import { type MemorySource, PAGE_BYTES } from "./memory-source.ts";
import { onlyWith } from "./shared-key.ts";

export class PageServer {
  readonly #source: MemorySource;
  readonly #server: Server;
  readonly #readers = new Set<TLSSocket>();

  /** @param key PEM: a key and its certificate, which the reader has as well */
  constructor(source: MemorySource, key: string) {
    this.#source = source;
    this.#server = createServer({ ...onlyWith(key), requestCert: true, rejectUnauthorized: true }, (socket) => {
      this.#serve(socket).catch(() => socket.destroy());
    });
  }

  /** Returns the port. */
  async listen(address: string): Promise<number> {
    this.#server.listen(0, address);
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const reader of this.#readers) reader.destroy();
    await this.#source.close();
  }

  /** Whoever reads hears nothing but a closed connection if a page can't be had: it can't go on without it. */
  async #serve(socket: TLSSocket): Promise<void> {
    this.#readers.add(socket);
    // Or the end of an answer waits until its beginning has been acknowledged, for 40 ms.
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => this.#readers.delete(socket));
    const reader = new RequestReader();
    // One answer at a time is on its way.
    const buffer = Buffer.allocUnsafeSlow(MAX_PAGES * PAGE_BYTES);
    for await (const chunk of socket) {
      for (const request of reader.add(chunk)) await this.#answer(socket, request, buffer);
    }
  }

  async #answer(socket: TLSSocket, request: Request, buffer: Buffer): Promise<void> {
    if (request.kind === "close") {
      socket.end(closed());
      return;
    }
    const bytes = buffer.subarray(0, request.range.pages * PAGE_BYTES);
    await this.#source.read(request.range, bytes);
    socket.write(announce(request.range));
    await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
  }
}
