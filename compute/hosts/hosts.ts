/**
 * The machines that runtimes live on: launched when a record wants one, spoken to over the line that their agent opens,
 * fenced when they fall silent, ended when nothing wants them any more.
 *
 *   launching ─► ready ─► leaving ─► gone
 *       └───────────────────┘ (it did not come up)
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { ClientHttp2Session } from "node:http2";
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import { Fault } from "../../shared/daemon/fault.ts";
import type { HostAgent } from "../agent/host-agent.ts";
import type { Invitation } from "../agent/wire.ts";
import type { OperationKind, Operations } from "../journal/operations.ts";
import type { Tiers } from "../tiers/tiers.ts";
import type { Authority } from "./authority.ts";
import type { Cloud } from "./cloud.ts";
import { DOOR_PORT, type DoorKeeper } from "./door.ts";
import { BASE, type HostRecord, type HostRecords } from "./records.ts";
import { RemoteAgent } from "./remote-agent.ts";
import type { Shares } from "./shares.ts";

/** The share of files listens there (images/host). */
const SHARE_PORT = 7072;

const TERMINATES_MS = 300_000;
/** EC2 is eventually consistent: what it was told a moment ago it may not know yet. */
const LISTED_MS = 15_000;
const LOOK_MS = 500;
/** A line that answers no ping for so long is dead, whatever TCP says. */
const PING_MS = 2_000;
const DEAF_MS = 10_000;
/** For how long a call waits for a line that was lost a moment ago: an agent may need DEAF_MS to see that it is. */
const RECONNECT_MS = 20_000;
/** A host without a line for so long is given up, and fenced. */
const SILENT_MS = 45_000;

const Input = z.object({ hostId: z.uuid(), runtimeId: z.uuid(), tier: z.string() });
type Input = z.infer<typeof Input>;
const Leaving = z.object({ hostId: z.uuid() });
type Leaving = z.infer<typeof Leaving>;
type NoData = Record<string, never>;

export interface HostsWorld {
  readonly operations: Operations;
  readonly records: HostRecords;
  readonly cloud: Cloud;
  readonly tiers: Tiers;
  readonly authority: Authority;
  /** The base server's own. */
  readonly local: HostAgent;
  readonly shares: Shares;
  /** The base server's among hosts. */
  readonly address: string;
  readonly secret: string;
  /** A machine that takes longer to come up does not come. */
  readonly comesUpMs: number;
}

interface Line {
  readonly session: ClientHttp2Session;
  heardMs: number;
}

export class Hosts implements DoorKeeper {
  readonly #world: HostsWorld;
  readonly #lines = new Map<string, Line>();
  readonly #arrivals = new Map<string, PromiseWithResolvers<ClientHttp2Session>>();
  /** Since when a host has no line. */
  readonly #silentSince = new Map<string, number>();
  readonly #provision: (input: Input) => Promise<void>;
  readonly #release: (input: Leaving) => Promise<void>;
  #timer: NodeJS.Timeout | null = null;

  constructor(world: HostsWorld) {
    this.#world = world;
    this.#provision = world.operations.define(this.#provisioning());
    this.#release = world.operations.define(this.#releasing());
  }

  /** Begins to listen for silence. */
  watch(): void {
    this.#timer = setInterval(() => this.#ping(), PING_MS);
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    for (const { session } of this.#lines.values()) session.destroy();
  }

  /** Brings a host up for a runtime; one that is up already is fine. Throws Fault when it can't be had or does not come up. */
  async provision(hostId: string, runtimeId: string, tier: string): Promise<void> {
    if (this.#world.records.find(hostId)?.state === "ready") return;
    await this.#provision({ hostId, runtimeId, tier });
  }

  /** Brings a host up ahead of need, and keeps it although its runtime is elsewhere. Throws as `provision`. */
  async hold(hostId: string, runtimeId: string, tier: string): Promise<void> {
    this.#world.records.add(hostId, runtimeId, this.#world.tiers.get(tier).name);
    this.#world.records.hold(hostId, true);
    await this.provision(hostId, runtimeId, tier);
  }

  /** Hosts that are held for a runtime, up or on their way. */
  heldFor(runtimeId: string): HostRecord[] {
    return this.alive().filter((host) => host.held && host.runtimeId === runtimeId && host.state !== "leaving");
  }

  /** Ends the hosts that are held for a runtime, except `but`, which is used from now on. */
  async letGo(runtimeId: string, but: string | null = null): Promise<void> {
    for (const { id } of this.heldFor(runtimeId)) {
      this.#world.records.hold(id, false);
      if (id !== but) await this.release(id);
    }
  }

  /** Ends a host for good; resolves when EC2 says that it is terminated, so nothing of it can act any more. */
  async release(hostId: string): Promise<void> {
    const record = this.#world.records.find(hostId);
    if (record && record.state !== "gone") await this.#release({ hostId });
  }

  /** The agent of a host. Its calls wait a while for a line that was lost, and then throw Fault("unavailable"). */
  agent(hostId: string): HostAgent {
    return hostId === BASE ? this.#world.local : new RemoteAgent(() => this.#session(hostId));
  }

  /** Where other hosts reach it. Throws Fault("unavailable"). */
  async address(hostId: string): Promise<string> {
    if (hostId === BASE) return this.#world.address;
    const address = (await this.#session(hostId)).socket.remoteAddress;
    if (!address) throw new Fault("unavailable", "the runtime's host can't be reached");
    return address.replace(/^::ffff:/, "");
  }

  /** Lets the host see a project's files, and nothing else. */
  async admit(hostId: string, projectFolder: string): Promise<void> {
    if (hostId !== BASE) await this.#world.shares.admit(hostId, projectFolder);
  }

  /** Hosts that may run, whether they can be spoken to or not. */
  alive(): HostRecord[] {
    return this.#world.records.alive();
  }

  /** Forgets hosts that ended before `beforeMs`. */
  forget(beforeMs: number): void {
    this.#world.records.sweep(beforeMs);
  }

  /** True if the host can be spoken to now. */
  isHere(hostId: string): boolean {
    return hostId === BASE || this.#lines.has(hostId);
  }

  /** Hosts that no line was there to for too long, and hosts that EC2 has ended: whatever ran there does not any more. */
  async lost(): Promise<HostRecord[]> {
    const lost: HostRecord[] = [];
    for (const record of this.#world.records.alive()) {
      if (record.state !== "ready" || this.#lines.has(record.id)) continue;
      const since = this.#silentSince.get(record.id) ?? Date.now();
      this.#silentSince.set(record.id, since);
      const state = record.instanceId ? await this.#world.cloud.state(record.instanceId) : null;
      if (Date.now() - since > SILENT_MS || (state !== "running" && state !== "pending")) lost.push(record);
    }
    return lost;
  }

  /** Ends what runs in our name and no record wants. */
  async sweep(): Promise<void> {
    const { cloud, records } = this.#world;
    for (const { instanceId, hostId, state } of await cloud.instances()) {
      const record = records.find(hostId);
      const isWanted = record !== null && record.state !== "gone";
      if (!isWanted && state !== "shutting-down") await cloud.terminate(instanceId);
    }
  }

  async join(token: string, request: string): Promise<string> {
    const { authority, records } = this.#world;
    const [hostId = "", proof = ""] = token.split(".");
    const refused = new Fault("unauthenticated", "the token is not good, or was used before");
    if (!isSame(proof, this.#proof(hostId))) throw refused;
    const { certificate, fingerprint } = await authority.sign(request, hostId);
    if (!records.joined(hostId, fingerprint)) throw refused;
    return certificate;
  }

  hostOf(fingerprint: string): string | null {
    return this.#world.records.ofFingerprint(fingerprint)?.id ?? null;
  }

  arrived(hostId: string, session: ClientHttp2Session): void {
    // A host that dials again has lost the old line, even if this end does not know yet.
    this.#lines.get(hostId)?.session.destroy();
    this.#lines.set(hostId, { session, heardMs: Date.now() });
    this.#silentSince.delete(hostId);
    this.#arrivals.get(hostId)?.resolve(session);
    this.#arrivals.delete(hostId);
    session.once("close", () => {
      if (this.#lines.get(hostId)?.session !== session) return;
      this.#lines.delete(hostId);
      this.#silentSince.set(hostId, Date.now());
    });
  }

  async #session(hostId: string, waitMs = RECONNECT_MS): Promise<ClientHttp2Session> {
    const line = this.#lines.get(hostId);
    if (line) return line.session;
    const arrival = this.#arrivals.get(hostId) ?? Promise.withResolvers<ClientHttp2Session>();
    this.#arrivals.set(hostId, arrival);
    const late = wait(waitMs, null, { ref: false });
    const session = await Promise.race([arrival.promise, late]);
    if (!session) throw new Fault("unavailable", "the runtime's host can't be reached");
    return session;
  }

  #ping(): void {
    const now = Date.now();
    for (const line of this.#lines.values()) {
      if (now - line.heardMs > DEAF_MS) line.session.destroy();
      else if (!line.session.closed && !line.session.destroyed) {
        line.session.ping((error) => {
          if (!error) line.heardMs = Date.now();
        });
      }
    }
  }

  /** Only the daemon can say it for a host, and it need not be kept anywhere. */
  #proof(hostId: string): string {
    return createHmac("sha256", this.#world.secret).update(`join ${hostId}`).digest("base64url");
  }

  #provisioning(): OperationKind<Input, NoData> {
    const { records, cloud, tiers, authority, address } = this.#world;
    return {
      kind: "host-provision",
      input: Input,
      data: z.object({}),
      subject: ({ hostId }) => `host:${hostId}`,
      steps: [
        {
          name: "record that it is wanted",
          act: async ({ hostId, runtimeId, tier }) => {
            records.add(hostId, runtimeId, tiers.get(tier).name);
            return undefined;
          },
        },
        {
          name: "launch an instance",
          act: async ({ hostId, tier }) => {
            const token = `${hostId}.${this.#proof(hostId)}`;
            const invitation: Invitation = {
              daemon: `${address}:${DOOR_PORT}`,
              share: `${address}:${SHARE_PORT}`,
              authority: authority.certificate,
              token,
            };
            const userData = JSON.stringify(invitation);
            const { instanceId } = await cloud.launch({ hostId, tier: tiers.get(tier), userData });
            records.launched(hostId, instanceId);
            return undefined;
          },
          undo: ({ hostId }) => this.#end(hostId),
        },
        {
          name: "wait for its agent",
          act: async ({ hostId }) => {
            await this.#comesUp(hostId);
            records.ready(hostId);
            return undefined;
          },
        },
      ],
    };
  }

  #releasing(): OperationKind<Leaving, NoData> {
    return {
      kind: "host-release",
      input: Leaving,
      data: z.object({}),
      subject: ({ hostId }) => `host:${hostId}`,
      steps: [
        {
          name: "end the instance",
          act: async ({ hostId }) => {
            await this.#end(hostId);
            return undefined;
          },
        },
      ],
    };
  }

  async #comesUp(hostId: string): Promise<void> {
    const deadline = Date.now() + this.#world.comesUpMs;
    while (!this.#lines.has(hostId)) {
      const instanceId = this.#world.records.find(hostId)?.instanceId;
      const state = instanceId ? await this.#world.cloud.state(instanceId) : null;
      if (state !== null && state !== "pending" && state !== "running")
        throw new Fault("unavailable", "the new machine ended while it was starting");
      if (Date.now() > deadline) throw new Fault("unavailable", "the new machine did not come up in time");
      await Promise.race([this.#session(hostId, LOOK_MS).catch(() => {}), wait(LOOK_MS, null, { ref: false })]);
    }
  }

  async #end(hostId: string): Promise<void> {
    const { records, shares } = this.#world;
    records.leaving(hostId);
    await shares.expel(hostId);
    this.#lines.get(hostId)?.session.destroy();
    const instanceId = records.find(hostId)?.instanceId;
    if (instanceId) await this.#fenced(instanceId);
    records.gone(hostId);
    this.#silentSince.delete(hostId);
  }

  /** Resolves when the instance can't act any more. */
  async #fenced(instanceId: string): Promise<void> {
    const { cloud } = this.#world;
    const began = Date.now();
    await cloud.terminate(instanceId);
    for (;;) {
      const state = await cloud.state(instanceId);
      if (state === "terminated") return;
      // A new instance may not be listed yet, and could not be told.
      if (state === null && Date.now() - began > LISTED_MS) return;
      if (state === null || state === "running") await cloud.terminate(instanceId);
      if (Date.now() - began > TERMINATES_MS) throw new Fault("unavailable", `EC2 does not end ${instanceId}`);
      await wait(LOOK_MS);
    }
  }
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
