/**
 * The instances and their life, kept in a file so that they outlive the endpoint as real ones would.
 *
 *   pending ─► running ─► stopping ─► stopped ─► pending …        each ─► shutting-down ─► terminated
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import * as z from "zod";
import { type Faults, NO_FAULTS } from "./faults.ts";
import type { Images } from "./images.ts";
import type { Machines } from "./machines.ts";
import { Ec2Error } from "./protocol.ts";

/** For how long a terminated instance is still listed. */
const LISTED_MS = 60 * 60 * 1000;

const State = z.enum(["pending", "running", "shutting-down", "terminated", "stopping", "stopped"]);
type State = z.infer<typeof State>;
export const STATE_CODES: Readonly<Record<State, number>> = {
  pending: 0,
  running: 16,
  "shutting-down": 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

const Instance = z.object({
  id: z.string(),
  reservation: z.string(),
  imageId: z.string(),
  type: z.string(),
  zone: z.string(),
  state: State,
  /** Why it is in this state, if that was not asked for: `{ code, message }` as EC2 gives it. */
  reason: z.object({ code: z.string(), message: z.string() }).nullable(),
  address: z.string(),
  launchedMs: z.number(),
  endedMs: z.number().nullable(),
  clientToken: z.string(),
  spot: z.boolean(),
  /** When a spot instance will be taken, once it has been told. */
  takenMs: z.number().nullable(),
  userData: z.string(),
  tags: z.array(z.object({ key: z.string(), value: z.string() })),
});
export type Instance = z.infer<typeof Instance>;

/** What a launch asks for; the rest is the endpoint's to say. */
export type Launch = Pick<
  Instance,
  "id" | "reservation" | "imageId" | "type" | "zone" | "clientToken" | "spot" | "userData" | "tags"
>;

export class Instances {
  readonly #file: string;
  readonly #machines: Machines;
  readonly #images: Images;
  readonly #all: Instance[];
  faults: Faults = NO_FAULTS;

  constructor(file: string, machines: Machines, images: Images) {
    this.#file = file;
    this.#machines = machines;
    this.#images = images;
    this.#all = z.array(Instance).parse(JSON.parse(readOr(file, "[]")));
  }

  /** Boots what should run and ends what was being ended: after the endpoint itself, or the whole machine, was restarted. */
  async resume(): Promise<void> {
    await this.#machines.keepOnly(this.#all.flatMap(({ id, state }) => (state === "terminated" ? [] : [id])));
    for (const instance of this.#all) {
      if (instance.state === "pending") this.#boot(instance);
      else if (instance.state === "running" && !(await this.#machines.runs(instance.id))) this.#boot(instance);
      else if (instance.state === "stopping") this.#end(instance, "stopped");
      else if (instance.state === "shutting-down") this.#end(instance, "terminated");
    }
  }

  /** All that EC2 would list now. */
  list(): readonly Instance[] {
    const now = Date.now();
    return this.#all.filter(
      ({ launchedMs, endedMs }) =>
        now - launchedMs >= this.faults.unseenMs && (endedMs === null || now - endedMs < LISTED_MS),
    );
  }

  /** Throws Ec2Error("InvalidInstanceID.NotFound"). */
  get(id: string): Instance {
    const found = this.list().find((instance) => instance.id === id);
    if (!found) throw new Ec2Error("InvalidInstanceID.NotFound", `The instance ID '${id}' does not exist`);
    return found;
  }

  ofToken(clientToken: string): Instance | undefined {
    return this.#all.find((instance) => instance.clientToken === clientToken);
  }

  atAddress(address: string): Instance | undefined {
    return this.#all.find((instance) => instance.address === address && instance.state === "running");
  }

  launch(launch: Launch): Instance {
    const taken = new Set(this.#all.filter(({ state }) => state !== "terminated").map(({ address }) => address));
    const address = this.#machines.addresses().find((free) => !taken.has(free));
    if (!address) throw new Ec2Error("InsufficientFreeAddressesInSubnet", "There are no free addresses in the subnet.");
    const rest = {
      state: "pending",
      reason: null,
      address,
      launchedMs: Date.now(),
      endedMs: null,
      takenMs: null,
    } as const;
    const instance: Instance = { ...launch, ...rest };
    this.#all.push(instance);
    this.save();
    this.#boot(instance);
    return instance;
  }

  start(instance: Instance): void {
    if (instance.state === "running") return;
    requireState(instance, "started", "stopped");
    this.#set(instance, "pending");
    this.#boot(instance);
  }

  stop(instance: Instance): void {
    if (instance.state === "stopped") return;
    requireState(instance, "stopped", "running", "pending");
    this.#set(instance, "stopping");
    this.#end(instance, "stopped");
  }

  async reboot(instance: Instance): Promise<void> {
    requireState(instance, "rebooted", "running");
    await this.#machines.halt(instance.id);
    await this.#power(instance);
  }

  terminate(instance: Instance, reason: Instance["reason"] = null): void {
    if (instance.state === "terminated" || instance.state === "shutting-down") return;
    instance.reason = reason ?? {
      code: "Client.UserInitiatedShutdown",
      message: "Client.UserInitiatedShutdown: User initiated shutdown",
    };
    this.#set(instance, "shutting-down");
    this.#end(instance, "terminated");
  }

  interrupt(instance: Instance, afterMs: number): void {
    if (!instance.spot) throw new Ec2Error("InvalidInstanceID", "it is no spot instance");
    instance.takenMs = Date.now() + afterMs;
    this.save();
    const message = "Server.SpotInstanceTermination: Spot instance termination";
    setTimeout(() => this.terminate(instance, { code: "Server.SpotInstanceTermination", message }), afterMs).unref();
  }

  async lose(instance: Instance): Promise<void> {
    await this.#machines.kill(instance.id);
  }

  /** All machines off, none forgotten: with the platform. */
  async halt(): Promise<void> {
    const up = this.#all.filter(({ state }) => state !== "terminated" && state !== "stopped");
    await Promise.allSettled(up.map(({ id }) => this.#machines.halt(id)));
  }

  save(): void {
    const recent = this.#all.filter(({ endedMs }) => endedMs === null || Date.now() - endedMs < LISTED_MS);
    this.#all.splice(0, this.#all.length, ...recent);
    writeFileSync(`${this.#file}.new`, JSON.stringify(recent, null, 1), { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }

  #set(instance: Instance, state: State): void {
    instance.state = state;
    if (state === "terminated") instance.endedMs = Date.now();
    this.save();
  }

  #power(instance: Instance): Promise<void> {
    return this.#machines.boot(instance, this.#images.get(instance.imageId).hostImage, this.faults.gpuDriver);
  }

  #boot(instance: Instance): void {
    const boot = async () => {
      await new Promise((resolve) => setTimeout(resolve, this.faults.bootMs));
      if (instance.state !== "pending" && instance.state !== "running") return;
      if (this.faults.stillborn) return;
      await this.#power(instance);
      if (instance.state === "pending") this.#set(instance, "running");
      else if (instance.state !== "running") await this.#machines.kill(instance.id);
    };
    boot().catch((error: Error) => {
      console.error(`ec2: ${instance.id} did not boot: ${error.message}`);
      const message = "Server.InternalError: Internal error on launch";
      this.terminate(instance, { code: "Server.InternalError", message });
    });
  }

  #end(instance: Instance, to: "stopped" | "terminated"): void {
    const end = to === "stopped" ? this.#machines.halt(instance.id) : this.#machines.destroy(instance.id);
    end.then(
      () => this.#set(instance, to),
      (error: Error) => console.error(`ec2: ${instance.id} could not be ended: ${error.message}`),
    );
  }
}

function requireState(instance: Instance, verb: string, ...states: State[]): void {
  if (states.includes(instance.state)) return;
  throw new Ec2Error(
    "IncorrectInstanceState",
    `The instance '${instance.id}' is not in a state from which it can be ${verb}.`,
  );
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return otherwise;
  }
}
