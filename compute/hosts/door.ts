/**
 * Where hosts dial in: one TLS port. With a certificate of ours a host becomes reachable: the daemon speaks HTTP/2 to it over
 * the connection that the host has opened, so that a host needs no open port. Without one it can only join.
 */
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type ClientHttp2Session, connect } from "node:http2";
import { createServer as createTlsServer, type Server, type TLSSocket } from "node:tls";
import type * as z from "zod";
import { Fault, parseJson } from "../../shared/daemon/fault.ts";
import { type Joined, JoinRequest, WINDOW_BYTES } from "../agent/wire.ts";
import { sendJson } from "../api/server.ts";
import { type Authority, keyFingerprint } from "./authority.ts";

export const DOOR_PORT = 7071;

const MAX_BODY_BYTES = 20_000;
const JOIN_TIMEOUT_MS = 10_000;
export interface DoorKeeper {
  /** Lets a host in for good: takes its one-time token, and keeps the key's fingerprint. Throws Fault("unauthenticated"). */
  join(token: string, request: string): Promise<string>;
  /** Which host the key is, or null if it is none that is wanted. */
  hostOf(fingerprint: string): string | null;
  /** A host can be spoken to from now on, until the session closes. */
  arrived(hostId: string, session: ClientHttp2Session): void;
}

export class HostDoor {
  readonly #keeper: DoorKeeper;
  readonly #tls: Server;
  readonly #http: HttpServer;
  readonly #sockets = new Set<TLSSocket>();

  constructor(authority: Authority, keeper: DoorKeeper) {
    this.#keeper = keeper;
    this.#http = createServer((request, response) => {
      this.#join(request, response).catch((error: unknown) => {
        const fault = error instanceof Fault ? error : new Fault("internal", "the host could not join");
        if (!(error instanceof Fault)) console.error("a host could not join:", error);
        sendJson(response, fault.status, fault.toBody());
      });
    });
    this.#http.headersTimeout = JOIN_TIMEOUT_MS;
    this.#http.requestTimeout = JOIN_TIMEOUT_MS;
    this.#tls = createTlsServer(
      {
        key: authority.daemon,
        cert: authority.daemon,
        ca: authority.certificate,
        requestCert: true,
        rejectUnauthorized: false,
        minVersion: "TLSv1.3",
      },
      (socket) => this.#take(socket),
    );
    this.#tls.on("tlsClientError", () => {});
  }

  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#tls.once("error", reject);
      this.#tls.listen(port, host, resolve);
    });
    const address = this.#tls.address();
    return typeof address === "object" && address ? address.port : port;
  }

  close(): void {
    this.#tls.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #take(socket: TLSSocket): void {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#sockets.delete(socket));
    if (!socket.authorized) {
      // A certificate that is not ours is none.
      this.#http.emit("connection", socket);
      return;
    }
    const certificate = socket.getPeerX509Certificate();
    const hostId = certificate ? this.#keeper.hostOf(keyFingerprint(certificate)) : null;
    if (hostId === null) {
      socket.destroy();
      return;
    }
    socket.setNoDelay(true);
    const session = connect("http://host", {
      createConnection: () => socket,
      settings: { initialWindowSize: WINDOW_BYTES.stream },
    });
    session.on("error", () => session.destroy());
    session.once("connect", () => session.setLocalWindowSize(WINDOW_BYTES.session));
    this.#keeper.arrived(hostId, session);
  }

  async #join(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "POST" || request.url !== "/join") throw new Fault("not_found", "no such address");
    let text = "";
    for await (const chunk of request.setEncoding("utf8")) {
      text += chunk;
      if (text.length > MAX_BODY_BYTES) throw new Fault("too_large", `a request may have ${MAX_BODY_BYTES} bytes`);
    }
    const { token, request: csr } = parseJson(JoinRequest, text, "join");
    const joined: z.infer<typeof Joined> = { certificate: await this.#keeper.join(token, csr) };
    sendJson(response, 200, joined);
  }
}
