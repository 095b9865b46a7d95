/** A TCP connection that is made inside another network namespace. */
import { spawn } from "node:child_process";
import { Duplex } from "node:stream";

const CONNECT_S = 5;
/** Our end, closed when the other one is: a server may end its answer by that alone. */
const THIS_SIDE = "STDIN!!STDOUT,shut-close";
/** For how long the other direction may go on after one has ended. */
const HALF_OPEN_S = 60;

/** To `port` of the loopback that the process `pid` sees. If nothing answers there, the stream ends at once. */
export function dialInside(pid: number, port: number): Duplex {
  const child = spawn(
    "nsenter",
    [
      `--net=/proc/${pid}/ns/net`,
      "socat",
      `-t${HALF_OPEN_S}`,
      THIS_SIDE,
      `TCP:localhost:${port},connect-timeout=${CONNECT_S}`,
    ],
    { stdio: ["pipe", "pipe", "ignore"] },
  );
  const connection = Duplex.from({ writable: child.stdin, readable: child.stdout });
  child.on("error", (error) => connection.destroy(error));
  connection.on("close", () => child.kill());
  return connection;
}
