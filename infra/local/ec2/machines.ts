/** What an instance is made of here: a privileged container of the machine's Podman, booted from the host image. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { hostOptions } from "../host-container.ts";
import { placeOn } from "../network.ts";
import { podman, podmanAttempt, removeContainer } from "../podman.ts";
import { INSTANCE_TYPES } from "./instance-types.ts";
import type { Instance } from "./instances.ts";

/** On the bridge, above what has a fixed address. */
const FIRST_ADDRESS = 20;
const LAST_ADDRESS = 250;
const HALT_SECONDS = 10;
/** In place of a GPU's driver, which no machine here has. */
const STAND_IN_GPU = join(import.meta.dirname, "stand-in-gpu");
const STAND_IN_GPU_MOUNT = "/opt/stand-in-gpu";

export interface MachinesPlan {
  /** Containers are called `<prefix>-<instance id>`. */
  readonly prefix: string;
  readonly network: string;
  readonly gateway: string;
  /** Each instance's disk is a folder in it. */
  readonly folder: string;
  /** Where the instances find their metadata, as the AWS SDKs name it in AWS_EC2_METADATA_SERVICE_ENDPOINT. */
  readonly metadata: string;
}

/** What boots and ends the machines of instances. */
export interface Machines {
  /** Addresses that instances may have. */
  addresses(): string[];
  /** Ends machines of instances that nobody knows any more: each would keep its address. */
  keepOnly(instanceIds: readonly string[]): Promise<void>;
  /**
   * @param image the host image that its AMI is
   * @param gpuDriver version of the driver that it has, if its type has a GPU
   */
  boot(instance: Instance, image: string, gpuDriver: string): Promise<void>;
  runs(instanceId: string): Promise<boolean>;
  /** In order, keeping its disk. */
  halt(instanceId: string): Promise<void>;
  /** At once, as by a power cut. */
  kill(instanceId: string): Promise<void>;
  /** With its disk. */
  destroy(instanceId: string): Promise<void>;
  /** Its disk as an image; returns the image's id. */
  bake(instanceId: string): Promise<string>;
}

export class Containers implements Machines {
  readonly #plan: MachinesPlan;

  constructor(plan: MachinesPlan) {
    this.#plan = plan;
  }

  addresses(): string[] {
    const numbers = Array.from({ length: LAST_ADDRESS - FIRST_ADDRESS }, (_, i) => FIRST_ADDRESS + i);
    return numbers.map((number) => this.#plan.gateway.replace(/\d+$/, String(number)));
  }

  async keepOnly(instanceIds: readonly string[]): Promise<void> {
    const known = new Set(instanceIds.map((id) => this.#name(id)));
    const filter = `name=^${this.#plan.prefix}-`;
    const { stdout } = await podmanAttempt(["ps", "--all", "--filter", filter, "--format", "{{.Names}}"]);
    for (const name of stdout.split("\n")) if (name !== "" && !known.has(name)) await removeContainer(name);
  }

  async boot(instance: Instance, image: string, gpuDriver: string): Promise<void> {
    const { network, folder, metadata } = this.#plan;
    const containers = join(folder, instance.id, "containers");
    const state = join(folder, instance.id, "markco");
    for (const path of [containers, state]) await mkdir(path, { recursive: true });
    const name = this.#name(instance.id);
    await removeContainer(name);
    const { memoryMib: memory = 1024, gpu = null } = INSTANCE_TYPES[instance.type] ?? {};
    const driver = ["--volume", `${STAND_IN_GPU}:${STAND_IN_GPU_MOUNT}:ro`, "--env", `STAND_IN_DRIVER=${gpuDriver}`];
    await podman([
      ...["run", "--detach", "--name", name, "--memory", `${memory}m`, "--memory-swap", `${memory}m`],
      ...["--log-driver", "k8s-file", "--log-opt", "max-size=5mb"],
      ...["--env", `AWS_EC2_METADATA_SERVICE_ENDPOINT=${metadata}`],
      // As an instance's disk, both outlive a reboot: an agent that forgot who it is could not join again.
      ...["--volume", `${state}:/var/lib/markco`],
      ...hostOptions({ hostname: instance.id, containers, place: placeOn(network, instance.address) }),
      ...(gpu ? driver : []),
      ...[image, ...(gpu ? [`${STAND_IN_GPU_MOUNT}/boot`] : []), "/usr/local/bin/markco-host", "agent"],
    ]);
  }

  async runs(instanceId: string): Promise<boolean> {
    const { status, stdout } = await podmanAttempt([
      ...["container", "inspect", "--format", "{{.State.Running}}", this.#name(instanceId)],
    ]);
    return status === 0 && stdout.trim() === "true";
  }

  async halt(instanceId: string): Promise<void> {
    await podmanAttempt(["stop", "--ignore", "--time", String(HALT_SECONDS), this.#name(instanceId)]);
    await removeContainer(this.#name(instanceId));
  }

  async kill(instanceId: string): Promise<void> {
    await removeContainer(this.#name(instanceId));
  }

  async destroy(instanceId: string): Promise<void> {
    await this.kill(instanceId);
    await rm(join(this.#plan.folder, instanceId), { recursive: true, force: true });
  }

  async bake(instanceId: string): Promise<string> {
    return (await podman(["commit", "--quiet", this.#name(instanceId)])).trim();
  }

  #name(instanceId: string): string {
    return `${this.#plan.prefix}-${instanceId}`;
  }
}
