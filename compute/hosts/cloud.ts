/** Where hosts come from: EC2, with every instance tagged as this installation's. */
import {
  type _InstanceType,
  DescribeInstancesCommand,
  EC2Client,
  type Instance,
  paginateDescribeInstances,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { Fault } from "../../shared/daemon/fault.ts";
import type { Tier } from "../tiers/tiers.ts";

const TAG = "markco";
const HOST_TAG = "markco-host";
/** EC2 has none of the kind just now, here: another type, zone or market may do. */
const CAPACITY = new Set([
  "InsufficientInstanceCapacity",
  "InsufficientCapacity",
  "InsufficientHostCapacity",
  "SpotMaxPriceTooLow",
  "MaxSpotInstanceCountExceeded",
  "Unsupported",
]);
const QUOTA = new Set(["VcpuLimitExceeded", "InstanceLimitExceeded"]);

export interface CloudPlan {
  readonly endpoint: string | undefined;
  readonly region: string;
  /** Without it the SDK finds the machine's own role. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  readonly image: string;
  /** One for each zone, in the order in which they are tried. */
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  /** Sets this installation's instances apart from all others of the account. */
  readonly installation: string;
}

export interface LaunchPlan {
  readonly hostId: string;
  readonly tier: Tier;
  readonly userData: string;
}

export interface CloudInstance {
  readonly instanceId: string;
  readonly hostId: string;
  readonly state: "pending" | "running" | "shutting-down" | "terminated" | "stopping" | "stopped";
  readonly spot: boolean;
}

export class Cloud {
  readonly #plan: CloudPlan;
  readonly #client: EC2Client;

  constructor(plan: CloudPlan) {
    this.#plan = plan;
    const { endpoint, region, credentials } = plan;
    this.#client = new EC2Client({ region, ...(endpoint && { endpoint }), ...(credentials && { credentials }) });
  }

  /**
   * Launches a host; asked again for the same one, it finds the instance of the first time. Spot first where the tier wants
   * it, and every zone. Throws Fault("unavailable") if there is no capacity, Fault("limit") if the account may not have more.
   */
  async launch({ hostId, tier, userData }: LaunchPlan): Promise<CloudInstance> {
    const earlier = (await this.#ours()).find((instance) => instance.hostId === hostId && isAlive(instance));
    if (earlier) return earlier;
    const { subnets } = this.#plan;
    const zones = subnets.length === 0 ? [undefined] : subnets;
    for (const spot of tier.spot ? [true, false] : [false]) {
      for (const [i, subnet] of zones.entries()) {
        const launched = await this.#run({ hostId, tier, userData }, spot, subnet, `${hostId}-${spot ? "s" : "d"}${i}`);
        if (launched) return launched;
      }
    }
    throw new Fault("unavailable", `there is no ${tier.instanceType} to be had just now; try again, or another tier`);
  }

  /** Null if there is no capacity for it. */
  async #run(
    { hostId, tier, userData }: LaunchPlan,
    spot: boolean,
    subnet: string | undefined,
    clientToken: string,
  ): Promise<CloudInstance | null> {
    const { image, securityGroups, installation } = this.#plan;
    const tags = { Name: `markco ${tier.name}`, [TAG]: installation, [HOST_TAG]: hostId };
    try {
      const { Instances = [] } = await this.#client.send(
        new RunInstancesCommand({
          ImageId: image,
          InstanceType: tier.instanceType as _InstanceType,
          MinCount: 1,
          MaxCount: 1,
          ClientToken: clientToken,
          UserData: Buffer.from(userData).toString("base64"),
          InstanceInitiatedShutdownBehavior: "terminate",
          // What runs in a container is one hop further away than the agent, so it can't ask.
          MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 1 },
          TagSpecifications: [
            { ResourceType: "instance", Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
          ],
          ...(subnet && { SubnetId: subnet }),
          ...(securityGroups.length > 0 && { SecurityGroupIds: [...securityGroups] }),
          ...(spot && { InstanceMarketOptions: { MarketType: "spot" as const } }),
        }),
      );
      const instance = Instances[0] && seen(Instances[0]);
      if (!instance) throw new Fault("unavailable", "EC2 launched nothing");
      return instance;
    } catch (error) {
      const name = error instanceof Error ? error.name : "";
      if (CAPACITY.has(name)) return null;
      if (QUOTA.has(name)) {
        throw new Fault("limit", `this account may not run one more ${tier.instanceType}: ${messageOf(error)}`);
      }
      throw error instanceof Fault ? error : new Fault("unavailable", `EC2 refuses to launch: ${messageOf(error)}`);
    }
  }

  /** All instances of this installation that are not terminated. */
  async instances(): Promise<CloudInstance[]> {
    return (await this.#ours()).filter(({ state }) => state !== "terminated");
  }

  async #ours(): Promise<CloudInstance[]> {
    const found: CloudInstance[] = [];
    const Filters = [{ Name: `tag:${TAG}`, Values: [this.#plan.installation] }];
    for await (const { Reservations = [] } of paginateDescribeInstances({ client: this.#client }, { Filters })) {
      found.push(...Reservations.flatMap(({ Instances = [] }) => Instances).map(seen));
    }
    return found;
  }

  /** Null if EC2 does not know it: not yet, or not any more. */
  async state(instanceId: string): Promise<CloudInstance["state"] | null> {
    try {
      const { Reservations = [] } = await this.#client.send(
        new DescribeInstancesCommand({ InstanceIds: [instanceId] }),
      );
      const found = Reservations[0]?.Instances?.[0];
      return found ? seen(found).state : null;
    } catch (error) {
      if (isNotFound(error)) return null;
      throw error;
    }
  }

  /** Asks for the instance's end; one that is gone is fine. It runs until `state` says that it is terminated. */
  async terminate(instanceId: string): Promise<void> {
    await this.#client.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] })).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }

  close(): void {
    this.#client.destroy();
  }
}

const isAlive = ({ state }: CloudInstance) => state === "pending" || state === "running";
const isNotFound = (error: unknown) => error instanceof Error && error.name === "InvalidInstanceID.NotFound";
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

function seen(instance: Instance): CloudInstance {
  return {
    instanceId: instance.InstanceId ?? "",
    hostId: instance.Tags?.find(({ Key }) => Key === HOST_TAG)?.Value ?? "",
    state: instance.State?.Name ?? "pending",
    spot: instance.InstanceLifecycle === "spot",
  };
}
