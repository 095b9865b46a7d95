import * as z from "zod";
import type { HostState } from "../../shared/daemon/contract.ts";
import { parse } from "../../shared/daemon/fault.ts";
import type { Route } from "../api/router.ts";
import type { Projects } from "../projects/projects.ts";
import type { RuntimeRecords } from "../runtime/records.ts";
import type { Tiers } from "../tiers/tiers.ts";
import type { Hosts } from "./hosts.ts";

export function hostRoutes(hosts: Hosts, runtimes: RuntimeRecords, projects: Projects, tiers: Tiers): Route[] {
  return [
    {
      method: "GET",
      pattern: "/v1/hosts",
      handle: ({ url }) => {
        const owner = parse(z.uuid(), url.searchParams.get("owner"), "owner");
        return { hosts: hosts.alive().flatMap((host) => seenBy(owner, host)) };
      },
    },
  ];

  function seenBy(owner: string, host: ReturnType<Hosts["alive"]>[number]): HostState[] {
    const projectId = runtimes.find(host.runtimeId)?.projectId;
    if (!projectId || host.state === "gone" || projects.get(projectId).owner.userId !== owner) return [];
    return [
      {
        id: host.id,
        tier: host.tier,
        state: host.state,
        instanceId: host.instanceId,
        projectId,
        connected: hosts.isHere(host.id),
        dollarsPerHour: tiers.get(host.tier).dollarsPerHour,
        since: new Date(host.createdMs).toISOString(),
      },
    ];
  }
}
