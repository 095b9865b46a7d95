/** What the project's runtime is and does, in a few words beside the document's state. */
import type { RuntimeView } from "../../../shared/daemon/contract.ts";
import { size } from "./size.ts";

export interface RuntimeStatus {
  readonly text: string;
  /** What is worth a look: the reason of a failure, or what the platform did last. */
  readonly title: string;
}

const PHASES: Readonly<Record<string, string>> = {
  provision: "a machine is being started",
  prepare: "its files are being connected",
  checkpoint: "the runtime is being frozen",
  transfer: "its memory is being handed over",
  restore: "it goes on there",
};

/** Empty while there is nothing to say: no runtime, no news. */
export function runtimeStatus(runtime: RuntimeView | null): RuntimeStatus {
  if (!runtime) return { text: "", title: "" };
  const { state, tier, memory, move, held, reason, signals } = runtime;
  const [newest] = signals;
  const title = reason ?? (newest ? `${newest.name}: ${newest.detail}` : "");
  if (move) return { text: `Moving to ${move.to} …`, title: PHASES[move.phase] ?? "" };
  switch (state) {
    case "running": {
      const ready = held.length > 0 ? ` · ${held.join(", ")} on its way` : "";
      const anew = newest?.name === "lost" ? " · began anew" : "";
      const used = memory ? ` · ${size(memory.used)} of ${size(memory.limit)}` : "";
      return { text: `${tier}${used}${ready}${anew}`, title };
    }
    case "asleep":
      return { text: "Asleep", title: title || "It goes on with the next cell." };
    case "failed":
      return { text: "Runtime ended", title };
    case "stopped":
      return { text: "", title: "" };
    default:
      return { text: `Runtime is ${state} …`, title };
  }
}
