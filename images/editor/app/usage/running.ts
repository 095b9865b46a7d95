/** What costs something at this moment, or could: runtimes that are awake, and machines that are up for them. */
import type { HostState } from "../../../../shared/daemon/contract.ts";
import type { Plan, ProjectInUse } from "../../../../shared/usage.ts";
import { editAddress } from "../address.ts";
import type { User } from "../api.ts";
import { element } from "../element.ts";
import { timeOf } from "../time.ts";
import { RATE } from "./numbers.ts";
import { rateOfTier } from "./plan.ts";
import { table } from "./table.ts";

export function runningNow(
  projects: readonly ProjectInUse[],
  hosts: readonly HostState[],
  plan: Plan | null,
  user: User,
): HTMLElement {
  const rows = projects.flatMap((project) => {
    const { slug, projectId } = project;
    const name = element("a", { href: editAddress(user.handle, slug, null) }, slug);
    const machines = hosts.filter((host) => host.projectId === projectId);
    const awake = awakeRuntime(project);
    const isOnOneOfThem = machines.some(({ tier }) => tier === awake?.tier);
    return [
      ...(awake && !isOnOneOfThem ? [[name, awake.tier, awake.state, rateOf(awake.tier, plan)]] : []),
      ...machines.map((host) => [
        name.cloneNode(true) as HTMLAnchorElement,
        host.tier,
        element("span", {}, `${stateOf(host, awake)}, since `, timeOf(host.since)),
        RATE.format(host.dollarsPerHour),
      ]),
    ];
  });
  if (rows.length === 0)
    return element("p", { class: "hint" }, "Nothing. A runtime starts with the first cell that is run.");
  return table({
    label: "Running now",
    columns: [{ title: "Project" }, { title: "Size" }, { title: "State" }, { title: "An hour", isNumber: true }],
    rows,
  });
}

type Runtime = NonNullable<ProjectInUse["runtime"]>;

function awakeRuntime({ runtime }: ProjectInUse): Runtime | null {
  if (!runtime) return null;
  return ["stopped", "asleep", "failed"].includes(runtime.state) ? null : runtime;
}

function stateOf({ tier, state }: HostState, awake: Runtime | null): string {
  switch (state) {
    case "launching":
      return "starting";
    case "leaving":
      return "ending";
    case "ready":
      return awake?.tier === tier ? awake.state : "kept ready";
  }
}

function rateOf(name: string, plan: Plan | null): string {
  const tier = plan?.tiers.find((each) => each.name === name);
  return tier ? rateOfTier(tier) : "–";
}
