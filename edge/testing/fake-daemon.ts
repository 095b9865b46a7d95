/** A daemon for tests: checks every signature as the real one does, remembers what it was asked, answers as it is told. */
import type { IncomingMessage } from "node:http";
import { WebSocketServer } from "ws";
import { type Actor, decodeActor } from "../../shared/daemon/actor.ts";
import { type SignatureFault, verify } from "../../shared/daemon/signature.ts";
import { type Answer, type Loopback, listen, type Received } from "./loopback.ts";

export class FakeDaemon {
  readonly asked: { method: string; target: string; actor: Actor; headers: Received["headers"]; body: string }[] = [];
  /** Requests in nobody's name. */
  readonly told: { target: string; body: string }[] = [];
  /** What is wrong with requests that were refused. */
  readonly refused: SignatureFault[] = [];
  answer: Answer = () => Response.json({});
  readonly #secret: string;
  readonly #nonces = new Set<string>();
  #loopback: Loopback | null = null;

  constructor(secret: string) {
    this.#secret = secret;
  }

  async start(): Promise<string> {
    this.#loopback = await listen(async (request) => {
      if (!(await this.#takes(request))) return new Response(null, { status: 401 });
      return this.answer(request);
    });
    const sockets = new WebSocketServer({
      server: this.#loopback.server,
      verifyClient: ({ req }: { req: IncomingMessage }, done) => {
        const { url: target = "", headers } = req;
        this.#takes({ method: "GET", target, headers, body: new Uint8Array(0) }).then((good) => done(good, 401));
      },
    });
    sockets.on("connection", (socket) =>
      socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary })),
    );
    return this.#loopback.origin;
  }

  async stop(): Promise<void> {
    await this.#loopback?.close();
  }

  async #takes({ method, target, headers, body }: Received): Promise<boolean> {
    const header = (name: string) => headers[name]?.toString();
    const claim = (nonce: string) => !this.#nonces.has(nonce) && this.#nonces.add(nonce) !== undefined;
    const fault = await verify(this.#secret, { audience: "daemon", method, target, body }, header, { claim });
    if (fault) {
      this.refused.push(fault);
      return false;
    }
    const actor = header("x-markco-actor") ?? "";
    const text = new TextDecoder().decode(body);
    if (actor === "") this.told.push({ target, body: text });
    else this.asked.push({ method, target, actor: decodeActor(actor), headers, body: text });
    return true;
  }
}
