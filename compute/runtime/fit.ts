/** Whether a runtime that was frozen on one host can go on on another: asked before anything is frozen. */
import { CANT_LEAVE_GPU, type HostFacts } from "../agent/host-agent.ts";

/**
 * Why it can't, in words for its author, or null.
 * @param cuda whether something in the runtime has loaded a GPU's driver; one that has not may go anywhere
 */
export function whyItDoesNotFit(from: HostFacts, to: HostFacts, cuda: boolean): string | null {
  if (from.cpuVendor !== to.cpuVendor) {
    return `its processor is from ${to.cpuVendor}, the runtime was started on one from ${from.cpuVendor}`;
  }
  for (const { criu, kernel, criuProblem } of [from, to]) {
    if (criuProblem !== null) return `CRIU ${criu} does not get on with the kernel ${kernel}: ${criuProblem}`;
  }
  const has = new Set(to.cpuFlags);
  const missing = from.cpuFlags.filter((flag) => !has.has(flag));
  if (missing.length > 0) return `its processor lacks ${missing.slice(0, 5).join(", ")}`;
  if (isOlder(to.criu, from.criu)) return `it has CRIU ${to.criu}, the runtime was frozen with ${from.criu}`;
  if (from.runtimeImage !== to.runtimeImage) return "it has another version of the runtime's image";
  return cuda ? whyCudaDoesNotFit(from.gpu, to.gpu) : null;
}

/** cuda-checkpoint brings a process back on the same kind and number of GPUs, and the driver's library is a part of its memory. */
function whyCudaDoesNotFit(from: HostFacts["gpu"], to: HostFacts["gpu"]): string | null {
  if (!from?.suspends) return CANT_LEAVE_GPU;
  if (to === null) return "the runtime has state on a GPU, and it has none; restart the session to free the GPU";
  if (!to.suspends) return "the runtime has state on a GPU, and it lacks cuda-checkpoint to take that over";
  if (to.driver !== from.driver) return `its GPU's driver is ${to.driver}, the runtime has loaded ${from.driver}`;
  if (to.names.join() !== from.names.join())
    return `it has ${to.names.join(", ")}, the runtime is on ${from.names.join(", ")}`;
  return null;
}

/** Compares versions by major and minor number: an older CRIU does not know a newer one's images. */
function isOlder(a: string, b: string): boolean {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  const [major, minor] = [(left?.[0] ?? 0) - (right?.[0] ?? 0), (left?.[1] ?? 0) - (right?.[1] ?? 0)];
  return major < 0 || (major === 0 && minor < 0);
}
