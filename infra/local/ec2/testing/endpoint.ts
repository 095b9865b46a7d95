/** The EC2 endpoint with machines that are only counted, on a free port of loopback. For tests. */
import { mkdtemp } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { amiOf, Images } from "../images.ts";
import { Instances } from "../instances.ts";
import type { Machines } from "../machines.ts";
import { ec2Server } from "../server.ts";

export const KEY = { accessKeyId: "test-key-id", secretAccessKey: "test-secret" };
export const AMI = amiOf("host");

export interface TestEndpoint {
  readonly url: string;
  readonly instances: Instances;
  /** Ids of machines that are on. */
  readonly on: Set<string>;
  control(wanted: object): Promise<unknown>;
  close(): void;
}

/** @param folder of an earlier endpoint, to go on with its instances */
export async function startEndpoint(folder?: string): Promise<TestEndpoint & { readonly folder: string }> {
  const state = folder ?? (await mkdtemp(join(tmpdir(), "ec2-")));
  const on = new Set<string>();
  const end = async (id: string) => {
    on.delete(id);
  };
  const machines: Machines = {
    // The tests' own address, so that metadata is asked for from it.
    addresses: () => ["127.0.0.1", "10.0.0.20", "10.0.0.21"],
    keepOnly: async () => {},
    boot: async ({ id }) => {
      on.add(id);
    },
    runs: async (id) => on.has(id),
    halt: end,
    kill: end,
    destroy: end,
    bake: async () => "baked",
  };
  const images = new Images(join(state, "images.json"), "host");
  const instances = new Instances(join(state, "instances.json"), machines, images);
  const server = ec2Server({ accessKeyId: KEY.accessKeyId, world: { instances, images, machines } }, "loopback");
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await instances.resume();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    folder: state,
    instances,
    on,
    control: async (wanted) =>
      (await fetch(`${url}/_control`, { method: "POST", body: JSON.stringify(wanted) })).json(),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
