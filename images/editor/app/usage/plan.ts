/** What a person has here without paying, and what machines cost. */
import type { Plan } from "../../../../shared/usage.ts";
import { element } from "../element.ts";
import { size } from "../size.ts";
import { RATE } from "./numbers.ts";
import { table } from "./table.ts";

const MIB = 1024 * 1024;
const memory = (mib: number) => size(mib * MIB);

/** @param plan null while the base server does not answer */
export function included(plan: Plan | null): HTMLElement[] {
  const nothing = element("p", {}, element("strong", {}, "Nothing is charged."), " There is no payment yet.");
  if (plan === null) return [nothing];
  const { tiers, isLocal, idleSeconds, snapshotQuotaBytes } = plan;
  const base = tiers.find((tier) => tier.isBase);
  nothing.append(
    isLocal
      ? " This is a local platform: its machines are stand-ins on one computer, and the dollars say what they would cost."
      : " The dollars say what machines cost whoever runs this platform.",
  );
  return [
    nothing,
    element("p", {}, "Everybody has:"),
    element(
      "ul",
      {},
      element("li", {}, "as many projects, sites and members as they like"),
      ...(base
        ? [
            element(
              "li",
              {},
              `a runtime for each project on the base server: ${base.vcpus} CPUs, ${memory(base.memoryMib)} of memory, up to ${memory(base.mostMemoryMib)} while there is room`,
            ),
          ]
        : []),
      element(
        "li",
        {},
        `a machine of the sizes below when a runtime needs more; it ends when the runtime sleeps, ${minutes(idleSeconds)} after it was last used`,
      ),
      element("li", {}, `${size(snapshotQuotaBytes)} of snapshots in each project`),
    ),
  ];
}

function minutes(seconds: number): string {
  if (seconds < 60) return `${seconds} seconds`;
  const rounded = Math.round(seconds / 60);
  return rounded === 1 ? "1 minute" : `${rounded} minutes`;
}

/** The base server costs nobody anything more: it runs anyway. */
export function rateOfTier({ isBase, dollarsPerHour }: Plan["tiers"][number]): string {
  return isBase ? "included" : RATE.format(dollarsPerHour);
}

export function pricesOf({ tiers }: Plan): HTMLElement {
  return table({
    label: "Sizes and prices",
    columns: [
      { title: "Size" },
      { title: "CPUs", isNumber: true },
      { title: "Memory", isNumber: true },
      { title: "GPU" },
      { title: "An hour", isNumber: true },
    ],
    rows: tiers.map((tier) => [
      tier.name,
      String(tier.vcpus),
      memory(tier.memoryMib),
      tier.gpu ?? "–",
      rateOfTier(tier),
    ]),
  });
}
