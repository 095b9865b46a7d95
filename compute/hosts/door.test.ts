import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { ClientHttp2Session } from "node:http2";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Duplex, PassThrough, Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Fault } from "../../shared/daemon/fault.ts";
import { DEAF_MS, identityOf, serveDaemon } from "../agent/dial-daemon.ts";
import type { HostAgent } from "../agent/host-agent.ts";
import type { Invitation } from "../agent/wire.ts";
import { Authority } from "./authority.ts";
import { type DoorKeeper, HostDoor } from "./door.ts";
import { RemoteAgent } from "./remote-agent.ts";

const HOST = "0b9dc9b5-8e9f-4d2a-9a53-0d1b8a3f7c13";
const RUNTIME = "3f0c1a52-58d4-4d25-9be2-0c5f3c1f6a10";
const TOKEN = "t".repeat(43);

/** A keeper that knows one host, and tells when it is there. */
class Keeper implements DoorKeeper {
  tokens = new Set([TOKEN]);
  fingerprint = "";
  #arrived = Promise.withResolvers<ClientHttp2Session>();
  readonly #authority: Authority;

  constructor(authority: Authority) {
    this.#authority = authority;
  }

  async join(token: string, request: string): Promise<string> {
    const { certificate, fingerprint } = await this.#authority.sign(request, HOST);
    const isAgain = this.fingerprint === fingerprint;
    if (!this.tokens.delete(token) && !isAgain) throw new Fault("unauthenticated", "the token is not good");
    this.fingerprint = fingerprint;
    return certificate;
  }

  hostOf(fingerprint: string): string | null {
    return fingerprint === this.fingerprint ? HOST : null;
  }

  arrived(_hostId: string, session: ClientHttp2Session): void {
    this.#arrived.resolve(session);
    session.once("close", () => {
      this.#arrived = Promise.withResolvers();
    });
  }

  session = (): Promise<ClientHttp2Session> => this.#arrived.promise;
}

let folder: string;
let authority: Authority;
let keeper: Keeper;
let door: HostDoor;
let invitation: Invitation;
let stop: AbortController;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "door-"));
  authority = await Authority.open(join(folder, "authority"));
  keeper = new Keeper(authority);
  door = new HostDoor(authority, keeper);
  const port = await door.listen("127.0.0.1", 0);
  invitation = { daemon: `127.0.0.1:${port}`, share: "127.0.0.1:1", authority: authority.certificate, token: TOKEN };
  stop = new AbortController();
});
afterEach(() => {
  stop.abort();
  door.close();
});

/** An agent that does what the test says; nothing else is called. */
const agentWith = (methods: Partial<HostAgent>) => methods as HostAgent;

async function host(methods: Partial<HostAgent>): Promise<RemoteAgent> {
  const identity = await identityOf(join(folder, "host", "host.pem"), invitation);
  void serveDaemon(agentWith(methods), invitation, identity, stop.signal);
  return new RemoteAgent(keeper.session);
}

describe("a host", () => {
  test("joins once by its token, and is known by its certificate afterwards", async () => {
    await host({});
    await keeper.session();
    expect(await identityOf(join(folder, "host", "host.pem"), invitation)).toEqual(
      await identityOf(join(folder, "host", "host.pem"), invitation),
    );
    await expect(identityOf(join(folder, "thief"), invitation)).rejects.toThrow("the token is not good");
  });

  test("that did not live to hear the answer joins again, with the same key", async () => {
    const file = join(folder, "host", "host.pem");
    await identityOf(file, invitation);
    await rm(file);
    const identity = await identityOf(file, invitation);
    void serveDaemon(agentWith({ isRuntimeRunning: async () => true }), invitation, identity, stop.signal);
    expect(await new RemoteAgent(keeper.session).isRuntimeRunning(RUNTIME)).toBe(true);
  });

  test("is spoken to over the line that it opened", async () => {
    const asked: unknown[] = [];
    const remote = await host({
      isRuntimeRunning: async (id) => asked.push(id) > 0,
      whyRuntimeEnded: async () => "it was out of memory",
      freezeRuntime: async () => {
        throw new Fault("conflict", "it does not run");
      },
    });
    expect(await remote.isRuntimeRunning(RUNTIME)).toBe(true);
    expect(asked).toEqual([RUNTIME]);
    expect(await remote.whyRuntimeEnded(RUNTIME)).toBe("it was out of memory");
    await expect(remote.freezeRuntime(RUNTIME, 0)).rejects.toMatchObject({
      code: "conflict",
      message: "it does not run",
    });
    await expect(remote.isRuntimeRunning("no id")).rejects.toMatchObject({ code: "invalid" });
  });

  test("sends and takes archives larger than any window, whole and in order", async () => {
    const size = 40 * 1024 * 1024;
    const bytes = Buffer.alloc(size, "0123456789abcdef");
    let stored = Buffer.alloc(0);
    const remote = await host({
      readArchive: async () => Readable.from([bytes.subarray(0, 1000), bytes.subarray(1000)]),
      writeArchive: async (_id, content) => {
        stored = Buffer.concat(await content.toArray());
      },
    });
    const read = Buffer.concat(await (await remote.readArchive(RUNTIME)).toArray());
    expect(read.equals(bytes)).toBe(true);
    await remote.writeArchive(RUNTIME, Readable.from([bytes]));
    expect(stored.equals(bytes)).toBe(true);
  });

  test("that can't store an archive says why", async () => {
    const remote = await host({
      writeArchive: async (_id, content) => {
        for await (const _ of content) throw new Fault("unavailable", "the disk is full");
      },
    });
    const endless = Readable.from(
      (async function* () {
        for (;;) yield Buffer.alloc(65536);
      })(),
    );
    await expect(remote.writeArchive(RUNTIME, endless)).rejects.toThrow(/disk is full|does not answer/);
  });

  test("has a log that is followed, and a stdin that is written", async () => {
    const written = new PassThrough();
    const log = new PassThrough();
    const remote = await host({
      runtimeLog: async () => log,
      runtimeStdin: async () => Duplex.from({ writable: written, readable: new PassThrough() }),
    });
    const leave = new AbortController();
    const bytes = (await remote.runtimeLog(RUNTIME, 0, leave.signal))[Symbol.asyncIterator]();
    log.write("one\n");
    expect(String((await bytes.next()).value)).toBe("one\n");
    log.write("two\n");
    expect(String((await bytes.next()).value)).toBe("two\n");
    leave.abort();
    const stdin = await remote.runtimeStdin(RUNTIME);
    stdin.write("a request\n");
    expect(String(await new Promise((resolve) => written.once("data", resolve)))).toBe("a request\n");
  });

  test("dials into its runtimes", async () => {
    const echo = createServer((socket) => socket.pipe(socket));
    await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve));
    const there = new PassThrough();
    const remote = await host({ dialer: async () => () => Duplex.from({ writable: there, readable: there }) });
    const connection = (await remote.dialer(RUNTIME))(8050);
    connection.write("ping");
    expect(String(await new Promise((resolve) => connection.once("data", resolve)))).toBe("ping");
    connection.destroy();
    echo.close();
  });

  test("comes back when the line is lost, and calls that were under way say so", async () => {
    const remote = await host({
      isRuntimeRunning: async () => true,
      whyRuntimeEnded: () => new Promise(() => {}),
    });
    const late = expect(remote.whyRuntimeEnded(RUNTIME)).rejects.toMatchObject({ code: "unavailable" });
    await wait(50);
    const session = await keeper.session();
    session.destroy();
    await once(session, "close");
    await late;
    expect(await remote.isRuntimeRunning(RUNTIME)).toBe(true);
  });

  test("dials again when it has heard no ping for a while, though nobody has hung up", {
    timeout: 30_000,
  }, async () => {
    await host({});
    const first = await keeper.session();
    const pings = setInterval(() => first.ping(() => {}), 1_000);
    await wait(DEAF_MS + 1_000);
    expect(first.closed || first.destroyed).toBe(false);
    clearInterval(pings);
    await once(first, "close");
    expect(await keeper.session()).not.toBe(first);
  });
});

describe("at the door", () => {
  const tryAs = (identity: { key?: string; cert?: string }) =>
    new Promise<string>((resolve) => {
      const [, port] = invitation.daemon.split(":");
      const socket = connectTls({
        port: Number(port),
        ca: invitation.authority,
        servername: "markco-daemon",
        ...identity,
      });
      socket.on("secureConnect", () => socket.write("GET /call/containers HTTP/1.1\r\nhost: x\r\n\r\n"));
      socket.on("data", (data) => resolve(String(data).split("\r\n")[0] ?? ""));
      socket.on("error", () => resolve("refused"));
      socket.on("close", () => resolve("closed"));
    });

  test("a stranger reaches nothing but the joining", async () => {
    expect(await tryAs({})).toBe("HTTP/1.1 404 Not Found");
  });

  test("a certificate of another authority is none, and one of ours that nobody wants is shown out", async () => {
    const other = await Authority.open(join(folder, "other"));
    expect(await tryAs({ key: other.daemon, cert: other.daemon })).toBe("HTTP/1.1 404 Not Found");
    const identity = await identityOf(join(folder, "host", "host.pem"), invitation);
    keeper.fingerprint = "";
    expect(await tryAs({ key: identity, cert: identity })).toBe("closed");
  });

  test("a host trusts nobody but the daemon: neither another installation's nor another host", async () => {
    const other = await Authority.open(join(folder, "other"));
    const fresh = () => join(folder, `host-${Math.random()}`, "host.pem");
    await expect(identityOf(fresh(), { ...invitation, authority: other.certificate })).rejects.toThrow();

    const host = await identityOf(fresh(), invitation);
    const imposter = createTlsServer({ key: host, cert: host }, (socket) => socket.end());
    await new Promise<void>((resolve) => imposter.listen(0, "127.0.0.1", resolve));
    const { port } = imposter.address() as AddressInfo;
    await expect(identityOf(fresh(), { ...invitation, daemon: `127.0.0.1:${port}` })).rejects.toThrow(
      /altnames|Hostname/,
    );
    imposter.close();
  });
});
