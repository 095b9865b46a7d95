/** The endpoint as the AWS SDK sees it. */
import {
  CreateImageCommand,
  CreateTagsCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  EC2Client,
  paginateDescribeInstances,
  RebootInstancesCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  waitUntilInstanceRunning,
  waitUntilInstanceStopped,
  waitUntilInstanceTerminated,
} from "@aws-sdk/client-ec2";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AMI, KEY, startEndpoint, type TestEndpoint } from "./testing/endpoint.ts";

let endpoint: TestEndpoint & { readonly folder: string };
let client: EC2Client;
const clientOf = (url: string) => new EC2Client({ endpoint: url, region: "local-1", credentials: KEY, maxAttempts: 1 });

beforeEach(async () => {
  endpoint = await startEndpoint();
  client = clientOf(endpoint.url);
});
afterEach(() => {
  client.destroy();
  endpoint.close();
});

async function launch(more: Partial<RunInstancesCommandInput> = {}): Promise<string> {
  const plan = { ImageId: AMI, InstanceType: "t3a.small", MinCount: 1, MaxCount: 1, ...more } as const;
  const { Instances } = await client.send(new RunInstancesCommand(plan));
  return Instances?.[0]?.InstanceId ?? "";
}
const wait = { maxWaitTime: 10, minDelay: 0.05, maxDelay: 0.1 };
const instance = async (id: string) => {
  const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations?.[0]?.Instances?.[0];
};
const refused = (code: string) => expect.objectContaining({ name: code });

test("an instance is launched with tags and user data, runs, stops, starts, is rebooted and terminated", async () => {
  const id = await launch({
    TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "markco", Value: "one & <two>" }] }],
  });
  await waitUntilInstanceRunning({ client, ...wait }, { InstanceIds: [id] });
  expect(await instance(id)).toMatchObject({
    InstanceType: "t3a.small",
    State: { Name: "running", Code: 16 },
    Tags: [{ Key: "markco", Value: "one & <two>" }],
  });
  expect([...endpoint.on]).toEqual([id]);
  await client.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: "more", Value: "1" }] }));
  await client.send(new StopInstancesCommand({ InstanceIds: [id] }));
  await waitUntilInstanceStopped({ client, ...wait }, { InstanceIds: [id] });
  expect(endpoint.on.size).toBe(0);
  await client.send(new StartInstancesCommand({ InstanceIds: [id] }));
  await waitUntilInstanceRunning({ client, ...wait }, { InstanceIds: [id] });
  await client.send(new RebootInstancesCommand({ InstanceIds: [id] }));
  expect([...endpoint.on]).toEqual([id]);
  await client.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  await waitUntilInstanceTerminated({ client, ...wait }, { InstanceIds: [id] });
  expect((await instance(id))?.Tags).toHaveLength(2);
  await expect(client.send(new StartInstancesCommand({ InstanceIds: [id] }))).rejects.toEqual(
    refused("IncorrectInstanceState"),
  );
});

test("a client token makes a launch happen once, and refuses another request with it", async () => {
  const first = await launch({ ClientToken: "token" });
  expect(await launch({ ClientToken: "token" })).toBe(first);
  await expect(launch({ ClientToken: "token", InstanceType: "t3a.large" })).rejects.toEqual(
    refused("IdempotentParameterMismatch"),
  );
});

test("what can't be is refused by EC2's names for it", async () => {
  await expect(launch({ InstanceType: "t9.nano" as never })).rejects.toEqual(refused("InvalidParameterValue"));
  await expect(launch({ ImageId: "ami-0" })).rejects.toEqual(refused("InvalidAMIID.NotFound"));
  await expect(launch({ SubnetId: "subnet-z" })).rejects.toEqual(refused("InvalidSubnetID.NotFound"));
  await expect(launch({ DryRun: true })).rejects.toEqual(refused("DryRunOperation"));
  await expect(instance("i-0")).rejects.toEqual(refused("InvalidInstanceID.NotFound"));
  const stranger = new EC2Client({
    endpoint: endpoint.url,
    region: "local-1",
    credentials: { accessKeyId: "other", secretAccessKey: "x" },
    maxAttempts: 1,
  });
  await expect(stranger.send(new DescribeInstancesCommand({}))).rejects.toEqual(refused("AuthFailure"));
  expect(endpoint.on.size).toBe(0);
});

test("there may be no capacity in a zone or of a market, and a limit to what one may have", async () => {
  const fail = (faults: object) => endpoint.control({ do: "fail", faults });
  await fail({ noCapacity: ["t3a.small@local-1a"] });
  await expect(launch()).rejects.toEqual(refused("InsufficientInstanceCapacity"));
  expect(await launch({ SubnetId: "subnet-b" })).toMatch(/^i-[0-9a-f]{17}$/);
  await fail({ noCapacity: ["spot"] });
  await expect(launch({ InstanceMarketOptions: { MarketType: "spot" } })).rejects.toEqual(
    refused("InsufficientInstanceCapacity"),
  );
  await fail({ vcpuLimit: 3 });
  await expect(launch()).rejects.toEqual(refused("VcpuLimitExceeded"));
});

test("a new instance may not be listed yet", async () => {
  await endpoint.control({ do: "fail", faults: { unseenMs: 300 } });
  const id = await launch();
  await expect(instance(id)).rejects.toEqual(refused("InvalidInstanceID.NotFound"));
  await waitUntilInstanceRunning({ client, ...wait }, { InstanceIds: [id] });
});

test("a spot instance is told before it is taken, in its metadata", async () => {
  const id = await launch({ InstanceMarketOptions: { MarketType: "spot" } });
  await waitUntilInstanceRunning({ client, ...wait }, { InstanceIds: [id] });
  const put = await fetch(`${endpoint.url}/latest/api/token`, {
    method: "PUT",
    headers: { "x-aws-ec2-metadata-token-ttl-seconds": "60" },
  });
  const headers = { "x-aws-ec2-metadata-token": await put.text() };
  const ask = (path: string) => fetch(`${endpoint.url}/latest/${path}`, { headers });
  expect(await (await ask("meta-data/instance-id")).text()).toBe(id);
  expect((await ask("meta-data/spot/instance-action")).status).toBe(404);
  expect((await fetch(`${endpoint.url}/latest/user-data`)).status).toBe(401);

  await endpoint.control({ do: "interrupt", instanceId: id, afterMs: 400 });
  expect(await (await ask("meta-data/spot/instance-action")).json()).toMatchObject({ action: "terminate" });
  await waitUntilInstanceTerminated({ client, ...wait }, { InstanceIds: [id] });
  expect((await instance(id))?.StateReason?.Code).toBe("Server.SpotInstanceTermination");
});

test("filters and pages find what they should", async () => {
  const tagged = { TagSpecifications: [{ ResourceType: "instance" as const, Tags: [{ Key: "a", Value: "1" }] }] };
  const ids = [await launch(tagged), await launch(), await launch()];
  const found: (string | undefined)[] = [];
  const pages = paginateDescribeInstances({ client, pageSize: 5 }, {});
  for await (const { Reservations = [] } of pages) {
    found.push(...Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId)));
  }
  expect(found.toSorted()).toEqual(ids.toSorted());
  const { Reservations } = await client.send(
    new DescribeInstancesCommand({ Filters: [{ Name: "tag:a", Values: ["1"] }] }),
  );
  expect(Reservations?.map(({ Instances }) => Instances?.[0]?.InstanceId)).toEqual([ids[0]]);
  await expect(
    client.send(new DescribeInstancesCommand({ Filters: [{ Name: "colour", Values: ["red"] }] })),
  ).rejects.toEqual(refused("InvalidParameterValue"));
});

test("types and images are described, and an instance can be baked into an image", async () => {
  const { InstanceTypes } = await client.send(new DescribeInstanceTypesCommand({ InstanceTypes: ["g5.xlarge"] }));
  expect(InstanceTypes?.[0]).toMatchObject({ MemoryInfo: { SizeInMiB: 16384 }, GpuInfo: { Gpus: [{ Name: "A10G" }] } });
  const id = await launch();
  const { ImageId } = await client.send(new CreateImageCommand({ InstanceId: id, Name: "mine" }));
  const { Images } = await client.send(new DescribeImagesCommand({}));
  expect(Images?.map(({ ImageId: image }) => image)).toEqual([AMI, ImageId]);
  await expect(client.send(new CreateImageCommand({ InstanceId: id, Name: "mine" }))).rejects.toEqual(
    refused("InvalidAMIName.Duplicate"),
  );
});

test("instances outlive the endpoint, and a machine that is off although it should run is booted", async () => {
  const id = await launch();
  await waitUntilInstanceRunning({ client, ...wait }, { InstanceIds: [id] });
  endpoint.close();
  endpoint = await startEndpoint(endpoint.folder);
  client = clientOf(endpoint.url);
  await waitUntilInstanceRunning({ client, ...wait }, { InstanceIds: [id] });
  await expect.poll(() => [...endpoint.on]).toEqual([id]);
});
