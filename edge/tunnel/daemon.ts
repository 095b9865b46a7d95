/** Requests to the daemon: signed, in the name of a person, and with faults handed on as they are. */
import { type Actor, encodeActor } from "../../shared/daemon/actor.ts";
import { Fault, FaultBody } from "../../shared/daemon/fault.ts";
import { sign } from "../../shared/daemon/signature.ts";
import type { Settings } from "../environment.ts";

export interface DaemonRequest {
  readonly method: string;
  /** Path and query, from shared/daemon/contract.ts. */
  readonly target: string;
  readonly actor: Actor | null;
  readonly headers?: Headers | Record<string, string>;
  readonly body?: Uint8Array<ArrayBuffer>;
}

const NOTHING = new Uint8Array(0);

/**
 * The daemon's answer as it comes, a stream if it is one. Throws Fault("unavailable") if the daemon can't be reached,
 * Fault("internal") if it refuses our signature: a person who reads 401 would sign in again for nothing.
 */
export async function askDaemon(settings: Settings, request: DaemonRequest): Promise<Response> {
  const body = request.body ?? NOTHING;
  const actor = request.actor ? encodeActor(request.actor) : "";
  const headers = new Headers(request.headers);
  const signature = await sign(settings.DAEMON_SECRET, {
    audience: "daemon",
    method: request.method,
    target: request.target,
    body,
    actor,
  });
  for (const [name, value] of Object.entries(signature)) headers.set(name, value);
  const response = await fetch(settings.DAEMON_URL + request.target, {
    method: request.method,
    headers,
    body: body.length > 0 ? body : null,
    redirect: "manual",
  }).catch(() => null);
  if (!response) throw new Fault("unavailable", "the base server does not answer; published sites are not affected");
  if (response.status === 401)
    throw new Fault("internal", "edge and base server do not trust each other; the operator can mend it");
  return response;
}

/** As askDaemon, for an answer in JSON. Throws the daemon's Fault. */
export async function askDaemonJson(settings: Settings, request: DaemonRequest): Promise<unknown> {
  const response = await askDaemon(settings, request);
  if (!response.ok) throw await faultOf(response);
  return response.json().catch(() => null);
}

/** As askDaemon, for a WebSocket. Throws the daemon's Fault. */
export async function askDaemonSocket(settings: Settings, request: DaemonRequest): Promise<Response> {
  const response = await askDaemon(settings, request);
  if (response.status !== 101) throw await faultOf(response);
  return response;
}

async function faultOf(response: Response): Promise<Fault> {
  const refused = FaultBody.safeParse(await response.json().catch(() => null));
  if (!refused.success) return new Fault("unavailable", "the base server's answer makes no sense");
  const { code, message, at } = refused.data.error;
  return new Fault(code, message, at);
}
