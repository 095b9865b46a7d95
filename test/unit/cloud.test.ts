/** The daemon's view of EC2, against the local endpoint. */
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Cloud } from "../../compute/hosts/cloud.ts";
import { DEFAULT_TIERS, Tiers } from "../../compute/tiers/tiers.ts";
import { AMI, KEY, startEndpoint, type TestEndpoint } from "../../infra/local/ec2/testing/endpoint.ts";

const tiers = new Tiers(DEFAULT_TIERS);
let endpoint: TestEndpoint;
let cloud: Cloud;

const cloudOf = (installation: string) =>
  new Cloud({
    endpoint: endpoint.url,
    region: "local-1",
    credentials: KEY,
    image: AMI,
    subnets: ["subnet-a", "subnet-b"],
    securityGroups: [],
    installation,
  });

beforeEach(async () => {
  endpoint = await startEndpoint();
  cloud = cloudOf("mine");
});
afterEach(() => {
  cloud.close();
  endpoint.close();
});

const plan = (tier: string, hostId: string = randomUUID()) => ({ hostId, tier: tiers.get(tier), userData: "{}" });
const fail = (faults: object) => endpoint.control({ do: "fail", faults });
const zoneOf = (id: string) => endpoint.instances.get(id).zone;

test("a host is launched once, however often it is asked for, also while EC2 does not list it yet", async () => {
  await fail({ unseenMs: 200 });
  const wanted = plan("t3.medium");
  const first = await cloud.launch(wanted);
  expect(await cloud.state(first.instanceId)).toBeNull();
  expect((await cloud.launch(wanted)).instanceId).toBe(first.instanceId);
  await expect.poll(() => cloud.state(first.instanceId)).toBe("running");
  expect((await cloud.launch(wanted)).instanceId).toBe(first.instanceId);
  expect(endpoint.on.size).toBe(1);
});

test("without capacity in one zone another is tried, without spot on demand, without any it says so", async () => {
  await fail({ noCapacity: ["t3a.small@local-1a"] });
  expect(zoneOf((await cloud.launch(plan("t3a.small"))).instanceId)).toBe("local-1b");

  expect((await cloud.launch(plan("g5.xlarge"))).spot).toBe(true);
  await fail({ noCapacity: ["spot"] });
  expect((await cloud.launch(plan("g5.xlarge"))).spot).toBe(false);

  await fail({ noCapacity: ["t3a.small"] });
  await expect(cloud.launch(plan("t3a.small"))).rejects.toThrow(/no t3a.small to be had/);
  await fail({ vcpuLimit: 1 });
  await expect(cloud.launch(plan("t3a.small"))).rejects.toThrow(/may not run one more t3a.small/);
});

test("only this installation's instances are seen, and their end can be asked for twice", async () => {
  const other = cloudOf("theirs");
  await other.launch(plan("t3a.small"));
  const { instanceId, hostId } = await cloud.launch(plan("t3a.small"));
  expect((await cloud.instances()).map((instance) => instance.hostId)).toEqual([hostId]);
  await cloud.terminate(instanceId);
  await cloud.terminate(instanceId);
  await expect.poll(() => cloud.state(instanceId)).toBe("terminated");
  expect(await cloud.instances()).toEqual([]);
  await cloud.terminate("i-0123456789abcdef0");
  other.close();
});
