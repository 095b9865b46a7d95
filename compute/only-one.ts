/** Two daemons on one journal would each take the other's runtimes for lost: the second one must not begin. */
import { createServer } from "node:net";
import { Fault } from "../shared/daemon/fault.ts";

/**
 * Claims `name` on this machine for the life of the process, however that ends: the kernel holds an abstract socket for it.
 * Returns what gives it back. Throws Fault("conflict") if another process has it.
 */
export async function claimMachine(name: string): Promise<() => void> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", () => reject(new Fault("conflict", `another process is ${name} on this machine already`)));
    server.listen(`\0${name}`, resolve);
  });
  server.unref();
  return () => server.close();
}
