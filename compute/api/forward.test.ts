import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, createConnection } from "node:net";
import { type Duplex, PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { forwardUpgrade } from "./forward.ts";

test("who goes while the other side is asked leaves no socket open there", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const person = new PassThrough();
  const asked: Promise<Duplex> = once(server, "upgrade").then(([, socket]) => socket);
  const joined = forwardUpgrade(
    {
      via: { createConnection: () => createConnection(port, "127.0.0.1") },
      path: "/sync",
      headers: { host: "editor" },
      whyNot: "it went away",
    },
    person,
    Buffer.alloc(0),
  );
  const other = await asked;
  const closed = once(other, "close");
  person.destroy();
  // As every server of WebSockets does: who is told that there is no more hangs up, too.
  other.resume().on("end", () => other.end());
  other.write("HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n");
  await joined;
  await closed;
  expect(other.destroyed).toBe(true);
  server.close();
});
