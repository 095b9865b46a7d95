import { randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import type { ClientHttp2Session } from "node:http2";
import { expect, test } from "vitest";
import { Journal } from "../journal/journal.ts";
import { Operations } from "../journal/operations.ts";
import { Hosts, type HostsWorld } from "./hosts.ts";

/** Only what it takes to know who is where. */
function hostsAt(address: string): Hosts {
  const world: Partial<HostsWorld> = { operations: new Operations(new Journal(":memory:")), address };
  return new Hosts(world as HostsWorld);
}

/** The line that a host has opened from an address. */
function lineFrom(address: string): ClientHttp2Session & { readonly isOpen: () => boolean } {
  const line = new EventEmitter();
  let isOpen = true;
  const destroy = () => {
    isOpen = false;
    line.emit("close");
  };
  const session = Object.assign(line, { socket: { remoteAddress: address }, destroy, isOpen: () => isOpen });
  return session as unknown as ClientHttp2Session & { readonly isOpen: () => boolean };
}

test("an address that changed after stop and start: a host is found where it has dialled from last", async () => {
  const hosts = hostsAt("10.0.0.10");
  const hostId = randomUUID();
  const before = lineFrom("10.0.0.20");
  hosts.arrived(hostId, before);
  expect(await hosts.address(hostId)).toBe("10.0.0.20");

  hosts.arrived(hostId, lineFrom("::ffff:10.0.0.31"));
  expect(await hosts.address(hostId)).toBe("10.0.0.31");
  expect(before.isOpen(), "nobody is spoken to over the old line").toBe(false);
  expect(hosts.isHere(hostId)).toBe(true);
  expect(await hosts.address("base")).toBe("10.0.0.10");
});
