/** How an agent comes to the daemon: it joins once, by the token in its machine's user data, and dials again whenever the line is lost. */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { connect, type TLSSocket } from "node:tls";
import * as z from "zod";
import { Fault, FaultBody, parseJson } from "../../shared/daemon/fault.ts";
import { DAEMON_NAME, makeKey } from "../hosts/authority.ts";
import type { HostAgent } from "./host-agent.ts";
import { serveAgent } from "./serve.ts";
import { type Invitation, Joined } from "./wire.ts";

const AGAIN_MS = { first: 250, longest: 5_000 } as const;
const CONNECT_MS = 10_000;
const AUTHORITY_FILE = "authority.crt";
const KEY_FILE = "key.json";
/**
 * Both ends look after a line that is silent: a machine that was cut off says no farewell, and a session of HTTP/2 that is held
 * up while it sends does not read the end of its connection (seen with Node 24). The daemon pings every 2 s.
 */
export const DEAF_MS = 8_000;

/** The host's key and certificate, PEM, one behind the other. */
type Identity = string;

/**
 * The host's identity, in `file`: a machine that is started again does not join again. The authority's certificate stands
 * beside it. Throws Fault.
 */
export async function identityOf(file: string, invitation: Invitation): Promise<Identity> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const kept = await readFile(file, "utf8").catch(() => null);
  if (kept !== null) return kept;
  await writeFile(join(dirname(file), AUTHORITY_FILE), invitation.authority);
  const { key, request: csr } = await ownKey(join(dirname(file), KEY_FILE));
  const identity = key + (await askToJoin(invitation, csr));
  await writeDurably(file, identity);
  return identity;
}

const OwnKey = z.object({ key: z.string(), request: z.string() });

/** Kept before it is shown to anybody: the token is good for one key, and this process may end before it hears the answer. */
async function ownKey(file: string): Promise<z.infer<typeof OwnKey>> {
  const kept = await readFile(file, "utf8").catch(() => null);
  if (kept !== null) return parseJson(OwnKey, kept, file);
  const made = await makeKey();
  await writeDurably(file, JSON.stringify(made));
  return made;
}

async function writeDurably(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
}

/** Serves the daemon until `stop` aborts. Never rejects. */
export async function serveDaemon(
  agent: HostAgent,
  invitation: Invitation,
  identity: Identity,
  stop: AbortSignal,
): Promise<void> {
  let pause: number = AGAIN_MS.first;
  while (!stop.aborted) {
    const began = Date.now();
    const socket = await dial(invitation, identity).catch((error: Error) => {
      console.error(`agent: the daemon can't be reached: ${error.message}`);
      return null;
    });
    if (socket) {
      const hangUp = () => socket.destroy();
      stop.addEventListener("abort", hangUp, { once: true });
      const silence = setTimeout(hangUp, DEAF_MS);
      serveAgent(agent, socket).on("ping", () => silence.refresh());
      await new Promise<void>((resolve) => socket.once("close", () => resolve()));
      clearTimeout(silence);
      stop.removeEventListener("abort", hangUp);
    }
    if (Date.now() - began > AGAIN_MS.longest) pause = AGAIN_MS.first;
    await wait(pause, undefined, { signal: stop }).catch(() => {});
    pause = Math.min(2 * pause, AGAIN_MS.longest);
  }
}

const trust = ({ authority }: Invitation) =>
  ({ ca: authority, servername: DAEMON_NAME, minVersion: "TLSv1.3" }) as const;

function dial(invitation: Invitation, identity: Identity): Promise<TLSSocket> {
  const { host, port } = addressOf(invitation);
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, ...trust(invitation), key: identity, cert: identity });
    socket.setTimeout(CONNECT_MS, () => socket.destroy(new Error("no answer")));
    socket.once("error", reject);
    socket.once("secureConnect", () => {
      socket.setTimeout(0);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}

function askToJoin(invitation: Invitation, csr: string): Promise<string> {
  const { host, port } = addressOf(invitation);
  return new Promise((resolve, reject) => {
    const asked = request(
      { host, port, ...trust(invitation), agent: false, method: "POST", path: "/join", timeout: CONNECT_MS },
      (response) => {
        response.toArray().then((chunks) => {
          const text = Buffer.concat(chunks).toString();
          if (response.statusCode === 200) resolve(parseJson(Joined, text, "the daemon's answer").certificate);
          else reject(new Fault("unauthenticated", parseJson(FaultBody, text, "the daemon's answer").error.message));
        }, reject);
      },
    );
    asked.on("error", reject);
    asked.on("timeout", () => asked.destroy(new Error("no answer")));
    asked.end(JSON.stringify({ token: invitation.token, request: csr }));
  });
}

function addressOf({ daemon }: Invitation): { host: string; port: number } {
  const [host = "", port = ""] = daemon.split(":");
  return { host, port: Number(port) };
}
