/** The base server: a host container with a disk and an address of its own, running the daemon. */
import { mkdir, writeFile } from "node:fs/promises";
import { DAEMON, Health } from "../../shared/daemon/contract.ts";
import { sign } from "../../shared/daemon/signature.ts";
import { WatchedContainer } from "./container.ts";
import type { StateFolders } from "./folders.ts";
import { hostOptions } from "./host-container.ts";
import type { Network } from "./network.ts";

const PORT = 7070;
const READY_MS = 30_000;
/** Time to put running runtimes to sleep before the machine goes off. */
const STOP_SECONDS = 75;

/** CRIU's lazy pages move memory through pipes; with the kernel's default limit of 1 MiB the dump fails (tee: EPERM). */
const PIPE_BYTES = 1024 ** 3;

export interface BaseServerPlan {
  readonly name: string;
  readonly image: string;
  readonly network: Network;
  readonly folders: StateFolders;
  /** Shared with the edge. */
  readonly secret: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Where the edge reaches the daemon. */
export const baseServerUrl = (network: Network) => `http://${network.baseServer.address}:${PORT}`;

export class BaseServer {
  readonly #plan: BaseServerPlan;
  readonly #container: WatchedContainer;

  constructor(plan: BaseServerPlan) {
    const { network, folders } = plan;
    this.#plan = plan;
    this.#container = new WatchedContainer({
      what: "the base server",
      name: plan.name,
      image: plan.image,
      options: [
        ...hostOptions({
          hostname: "markco-base",
          containers: folders.containers,
          place: network.baseServer.options,
        }),
        ...["--volume", `${folders.data}:/data`],
      ],
      command: ["/usr/local/bin/markco-host", "daemon"],
      environment: {
        MARKCO_LISTEN: "0.0.0.0",
        MARKCO_PORT: String(PORT),
        DAEMON_SECRET: plan.secret,
        ...plan.environment,
      },
      stopSeconds: STOP_SECONDS,
      folder: folders.run,
    });
  }

  /** Boots the machine; the daemon in it may need a moment longer. */
  async start(): Promise<void> {
    await mkdir(this.#plan.folders.data, { recursive: true });
    await mkdir(this.#plan.folders.containers, { recursive: true });
    await writeFile("/proc/sys/fs/pipe-max-size", String(PIPE_BYTES));
    await this.#container.start();
  }

  /** Resolves when the daemon answers. Throws Fault("unavailable") with the last thing it said. */
  async ready(): Promise<void> {
    await this.#container.ready(() => askForHealth(baseServerUrl(this.#plan.network), this.#plan.secret), READY_MS);
  }

  async stop(): Promise<void> {
    await this.#container.stop();
  }
}

async function askForHealth(url: string, secret: string): Promise<void> {
  const target = DAEMON.health();
  const headers = await sign(secret, { audience: "daemon", method: "GET", target, body: new Uint8Array(), actor: "" });
  const response = await fetch(url + target, { headers, signal: AbortSignal.timeout(2_000) });
  Health.parse(await response.json());
}
