/** The platform's bridge: the machine is its gateway, the base server and the database have fixed addresses on it. */
import { connect, createServer, type Server, type Socket } from "node:net";
import { ensureNetwork } from "./podman.ts";

/** A container's place on the bridge. */
export interface Place {
  readonly address: string;
  /** What puts a container there, for `podman run`. */
  readonly options: readonly string[];
}

export interface Network {
  /** The machine's own address. */
  readonly gateway: string;
  readonly baseServer: Place;
  readonly database: Place;
}

export async function openNetwork(name: string): Promise<Network> {
  const gateway = await ensureNetwork(name);
  const place = (number: number): Place => {
    const address = gateway.replace(/\d+$/, String(number));
    return { address, options: placeOn(name, address) };
  };
  return { gateway, baseServer: place(10), database: place(11) };
}

/** What puts a container at `address` of the bridge, for `podman run`. */
export function placeOn(network: string, address: string): string[] {
  // A fixed hardware address too: else the machine goes on sending to that of a container that died, for up to a minute.
  const hardware = `02:6d:6b:00:00:${Number(address.split(".").at(-1)).toString(16).padStart(2, "0")}`;
  return ["--network", network, "--ip", address, "--mac-address", hardware];
}

export interface Forward {
  close(): void;
}

/**
 * Makes a service of the machine's loopback reachable from the bridge at the same port, and from nowhere else.
 * The gateway's address exists only while a container is on the bridge.
 */
export async function forwardFromBridge(gateway: string, port: number): Promise<Forward> {
  const open = new Set<Socket>();
  const server = createServer((from) => {
    const to = connect(port, "127.0.0.1");
    for (const [socket, other] of [
      [from, to],
      [to, from],
    ] as const) {
      open.add(socket);
      socket.setNoDelay(true).pipe(other);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        open.delete(socket);
        other.destroy();
      });
    }
  });
  await listen(server, gateway, port);
  return {
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
}
