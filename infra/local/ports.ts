/** The platform's ports on loopback: the one that the person chose, and the four after it. */
import { createServer } from "node:net";
import { Fault } from "../../shared/daemon/fault.ts";

export interface Ports {
  readonly edge: number;
  readonly identity: number;
  readonly s3: number;
  readonly databaseProxy: number;
  readonly ec2: number;
}

export const DEFAULT_PORT = 8787;

export function portsFrom(first: number): Ports {
  return { edge: first, identity: first + 1, s3: first + 2, databaseProxy: first + 3, ec2: first + 4 };
}

/** Throws Fault("conflict") that names the first port that another program has, and what to do. */
export async function requireFree(ports: Ports): Promise<void> {
  for (const port of Object.values(ports)) {
    if (await isFree(port)) continue;
    throw new Fault(
      "conflict",
      `port ${port} is in use by another program; choose others: npm start -- --port ${ports.edge + 100}`,
    );
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
