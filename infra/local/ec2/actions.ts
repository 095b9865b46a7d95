/** The actions of EC2 that markco calls, with their parameters checked as EC2 checks them. */
import * as z from "zod";
import type { Images } from "./images.ts";
import { INSTANCE_TYPES } from "./instance-types.ts";
import { type Instance, type Instances, STATE_CODES } from "./instances.ts";
import type { Machines } from "./machines.ts";
import { type Answer, Ec2Error, newId, type Parameter } from "./protocol.ts";

export interface World {
  readonly instances: Instances;
  readonly images: Images;
  readonly machines: Machines;
}

const OWNER = "000000000000";
/** The zone of each subnet; without a subnet, the first. */
const SUBNETS: Readonly<Record<string, string>> = { "subnet-a": "local-1a", "subnet-b": "local-1b" };
const NO_CAPACITY = "We currently do not have sufficient capacity in the Availability Zone you requested.";

const Tags = z.array(z.object({ Key: z.string(), Value: z.string().default("") }));
const Ids = z.array(z.string()).min(1);
const FilterList = z.array(z.object({ Name: z.string(), Value: z.array(z.string()) })).default([]);

const RunInstances = z.object({
  ImageId: z.string(),
  InstanceType: z.string(),
  MinCount: z.coerce.number().int().min(1),
  MaxCount: z.literal("1", "this endpoint launches one instance at a time"),
  ClientToken: z.string().max(64).default(""),
  UserData: z.base64().max(25_600).default(""),
  SubnetId: z.string().default("subnet-a"),
  InstanceMarketOptions: z.object({ MarketType: z.literal("spot") }).optional(),
  TagSpecification: z.array(z.object({ ResourceType: z.string(), Tag: Tags })).default([]),
});
const DescribeInstances = z.object({
  InstanceId: Ids.optional(),
  Filter: FilterList,
  MaxResults: z.coerce.number().int().min(5).max(1000).default(1000),
  NextToken: z.coerce.number().int().default(0),
});
const OfInstances = z.object({ InstanceId: Ids });
const CreateTags = z.object({ ResourceId: Ids, Tag: Tags });
const DescribeInstanceTypes = z.object({ InstanceType: Ids.optional() });
const DescribeImages = z.object({ ImageId: Ids.optional(), Filter: FilterList });
const CreateImage = z.object({ InstanceId: z.string(), Name: z.string().min(3).max(128) });

type Action = (world: World, query: Record<string, Parameter>) => Answer | Promise<Answer>;

const ACTIONS: Readonly<Record<string, Action>> = {
  RunInstances({ instances, images }, query) {
    const asked = check(RunInstances, query);
    const type = INSTANCE_TYPES[asked.InstanceType];
    if (!type) {
      throw new Ec2Error("InvalidParameterValue", `Invalid value '${asked.InstanceType}' for InstanceType.`);
    }
    images.get(asked.ImageId);
    const earlier = asked.ClientToken === "" ? undefined : instances.ofToken(asked.ClientToken);
    if (earlier) {
      if (earlier.type === asked.InstanceType) return launched(earlier);
      throw new Ec2Error(
        "IdempotentParameterMismatch",
        "The client token you have provided is associated with a resource that was created with different parameters.",
      );
    }
    const zone = SUBNETS[asked.SubnetId];
    if (!zone) throw new Ec2Error("InvalidSubnetID.NotFound", `The subnet ID '${asked.SubnetId}' does not exist`);
    const { noCapacity, vcpuLimit } = instances.faults;
    const spot = asked.InstanceMarketOptions !== undefined;
    const lacking = [asked.InstanceType, `${asked.InstanceType}@${zone}`, ...(spot ? ["spot"] : [])];
    if (lacking.some((lack) => noCapacity.includes(lack)))
      throw new Ec2Error("InsufficientInstanceCapacity", NO_CAPACITY, 500);
    const vcpus = instances
      .list()
      .filter(({ state }) => state === "pending" || state === "running")
      .reduce((sum, { type: name }) => sum + (INSTANCE_TYPES[name]?.vcpus ?? 0), type.vcpus);
    if (vcpuLimit !== null && vcpus > vcpuLimit) {
      throw new Ec2Error(
        "VcpuLimitExceeded",
        `You have requested more vCPU capacity than your current vCPU limit of ${vcpuLimit} allows.`,
      );
    }
    refuseDryRun(query);
    return launched(
      instances.launch({
        id: newId("i"),
        reservation: newId("r"),
        imageId: asked.ImageId,
        type: asked.InstanceType,
        zone,
        clientToken: asked.ClientToken,
        spot,
        userData: asked.UserData,
        tags: asked.TagSpecification.filter(({ ResourceType }) => ResourceType === "instance").flatMap(({ Tag }) =>
          Tag.map(({ Key, Value }) => ({ key: Key, value: Value })),
        ),
      }),
    );
  },

  DescribeInstances({ instances }, query) {
    const asked = check(DescribeInstances, query);
    const listed = asked.InstanceId?.map((id) => instances.get(id)) ?? instances.list();
    const found = listed.filter((instance) => asked.Filter.every((filter) => passes(instance, filter)));
    const page = found.slice(asked.NextToken, asked.NextToken + asked.MaxResults);
    const next = asked.NextToken + page.length;
    return {
      reservationSet: page.map((instance) => reservationOf(instance)),
      nextToken: next < found.length ? next : undefined,
    };
  },

  async StartInstances({ instances }, query) {
    return changed(instances, query, (instance) => instances.start(instance));
  },

  async StopInstances({ instances }, query) {
    return changed(instances, query, (instance) => instances.stop(instance));
  },

  async TerminateInstances({ instances }, query) {
    return changed(instances, query, (instance) => instances.terminate(instance));
  },

  async RebootInstances({ instances }, query) {
    await changed(instances, query, (instance) => instances.reboot(instance));
    return { return: true };
  },

  CreateTags({ instances }, query) {
    const asked = check(CreateTags, query);
    const found = asked.ResourceId.map((id) => instances.get(id));
    refuseDryRun(query);
    for (const instance of found) {
      for (const { Key, Value } of asked.Tag) {
        instance.tags = [...instance.tags.filter(({ key }) => key !== Key), { key: Key, value: Value }];
      }
    }
    instances.save();
    return { return: true };
  },

  DescribeInstanceTypes(_world, query) {
    const { InstanceType: names = Object.keys(INSTANCE_TYPES) } = check(DescribeInstanceTypes, query);
    return {
      instanceTypeSet: names.map((name) => {
        const type = INSTANCE_TYPES[name];
        if (!type) {
          throw new Ec2Error("InvalidInstanceType", `The following supplied instance types do not exist: [${name}]`);
        }
        return {
          instanceType: name,
          currentGeneration: true,
          supportedUsageClasses: ["on-demand", "spot"],
          processorInfo: { supportedArchitectures: ["x86_64"], manufacturer: type.manufacturer },
          vCpuInfo: { defaultVCpus: type.vcpus },
          memoryInfo: { sizeInMiB: type.memoryMib },
          gpuInfo: type.gpu && {
            gpus: [
              { name: type.gpu.name, manufacturer: "NVIDIA", count: 1, memoryInfo: { sizeInMiB: type.gpu.memoryMib } },
            ],
            totalGpuMemoryInMiB: type.gpu.memoryMib,
          },
        };
      }),
    };
  },

  DescribeImages({ images }, query) {
    const { ImageId, Filter } = check(DescribeImages, query);
    const listed = ImageId?.map((id) => images.get(id)) ?? images.list();
    const names = Filter.find(({ Name }) => Name === "name")?.Value;
    return {
      imagesSet: listed
        .filter(({ name }) => names === undefined || names.includes(name))
        .map(({ id, name, createdMs }) => ({
          imageId: id,
          imageState: "available",
          imageOwnerId: OWNER,
          name,
          architecture: "x86_64",
          rootDeviceName: "/dev/xvda",
          creationDate: new Date(createdMs).toISOString(),
        })),
    };
  },

  async CreateImage({ instances, images, machines }, query) {
    const asked = check(CreateImage, query);
    const instance = instances.get(asked.InstanceId);
    refuseDryRun(query);
    return { imageId: images.add(asked.Name, await machines.bake(instance.id)).id };
  },
};

/** Throws Ec2Error. */
export function act(world: World, action: string, query: Record<string, Parameter>): Answer | Promise<Answer> {
  const found = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (!found) throw new Ec2Error("InvalidAction", `The action ${action} is not valid for this web service.`);
  return found(world, query);
}

function check<T>(schema: z.ZodType<T>, query: Record<string, Parameter>): T {
  const result = schema.safeParse(query);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const name = issue?.path.join(".") ?? "";
  if (issue?.code === "invalid_type" && !(String(issue.path[0]) in query)) {
    throw new Ec2Error("MissingParameter", `The request must contain the parameter ${name}`);
  }
  throw new Ec2Error("InvalidParameterValue", `Value for parameter ${name} is invalid. ${issue?.message}`);
}

function refuseDryRun({ DryRun }: Record<string, Parameter>): void {
  if (DryRun !== "true") return;
  throw new Ec2Error("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412);
}

async function changed(
  instances: Instances,
  query: Record<string, Parameter>,
  change: (instance: Instance) => void | Promise<void>,
): Promise<Answer> {
  const found = check(OfInstances, query).InstanceId.map((id) => instances.get(id));
  refuseDryRun(query);
  const before = found.map(stateOf);
  for (const instance of found) await change(instance);
  return {
    instancesSet: found.map((instance, i) => ({
      instanceId: instance.id,
      previousState: before[i],
      currentState: stateOf(instance),
    })),
  };
}

const launched = (instance: Instance): Answer => reservationOf(instance);

const reservationOf = (instance: Instance) => ({
  reservationId: instance.reservation,
  ownerId: OWNER,
  groupSet: [],
  instancesSet: [view(instance)],
});

const stateOf = ({ state }: Instance) => ({ code: STATE_CODES[state], name: state });

function view(instance: Instance) {
  return {
    instanceId: instance.id,
    imageId: instance.imageId,
    instanceState: stateOf(instance),
    privateIpAddress: instance.address,
    stateReason: instance.reason,
    amiLaunchIndex: 0,
    instanceType: instance.type,
    launchTime: new Date(instance.launchedMs).toISOString(),
    placement: { availabilityZone: instance.zone, tenancy: "default" },
    architecture: "x86_64",
    instanceLifecycle: instance.spot ? "spot" : undefined,
    clientToken: instance.clientToken,
    tagSet: instance.tags,
  };
}

function passes(instance: Instance, { Name: name, Value: values }: z.infer<typeof FilterList>[number]): boolean {
  const tag = (key: string) => instance.tags.find((one) => one.key === key)?.value;
  if (name === "instance-state-name") return values.includes(instance.state);
  if (name === "instance-type") return values.includes(instance.type);
  if (name === "client-token") return values.includes(instance.clientToken);
  if (name === "tag-key") return values.some((key) => tag(key) !== undefined);
  if (name.startsWith("tag:")) return values.includes(tag(name.slice("tag:".length)) ?? "");
  throw new Ec2Error("InvalidParameterValue", `The filter '${name}' is invalid`);
}
