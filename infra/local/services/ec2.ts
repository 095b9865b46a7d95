/** EC2: an endpoint that launches containers of this machine as instances. */
import { mkdir } from "node:fs/promises";
import type { Server } from "node:http";
import { join } from "node:path";
import * as z from "zod";
import { Images } from "../ec2/images.ts";
import { Instances } from "../ec2/instances.ts";
import { Containers } from "../ec2/machines.ts";
import { ec2Server } from "../ec2/server.ts";
import { serve } from "./child.ts";

const Settings = z.object({
  port: z.int(),
  /** The machine's address on the bridge, where instances ask for their metadata and the base server for instances. */
  gateway: z.string(),
  network: z.string(),
  prefix: z.string(),
  hostImage: z.string(),
  folder: z.string(),
  accessKeyId: z.string(),
});

serve(Settings, async ({ port, gateway, network, prefix, hostImage, folder, accessKeyId }) => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const metadata = `http://${gateway}:${port}`;
  const machines = new Containers({ prefix, network, gateway, folder, metadata });
  const images = new Images(join(folder, "images.json"), hostImage);
  const instances = new Instances(join(folder, "instances.json"), machines, images);
  const plan = { accessKeyId, world: { instances, images, machines } };
  const servers = [
    await listening(ec2Server(plan, "bridge"), gateway, port),
    await listening(ec2Server(plan, "loopback"), "127.0.0.1", port),
  ];
  await instances.resume();
  return {
    async close() {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
});

function listening(server: Server, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve(server));
  });
}
