/** What the machine and its kernel allow, for `doctor`; and the little without which nothing can start. */
import { existsSync, readFileSync } from "node:fs";
import { release, totalmem } from "node:os";
import { Fault } from "../../../shared/daemon/fault.ts";
import { freeBytes } from "./disk.ts";
import { limited, missing, type Need, ok } from "./need.ts";

const GIB = 1024 ** 3;
const CAP_SYS_RESOURCE = 24n;

/** Throws Fault("unavailable") on a machine where the platform can't run at all. */
export function requireMachine(): void {
  if (process.platform !== "linux") throw new Fault("unavailable", "the platform runs on Linux only");
  if (process.getuid?.() !== 0)
    throw new Fault("unavailable", "the platform needs root: it runs machines as containers (try sudo)");
}

export async function inspectMachine(): Promise<Need[]> {
  return [
    process.platform === "linux" ? ok("Linux", release()) : missing("Linux", "containers and CRIU need it"),
    process.getuid?.() === 0 ? ok("root") : missing("root", "machines run as privileged containers"),
    ok("Node", process.versions.node),
    capability(),
    cgroups(),
    device("/dev/fuse", "file shares between hosts will not work"),
    userfaultfd(),
    memory(),
    await disk(),
  ];
}

function capability(): Need {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  const has = ((BigInt(`0x${effective}`) >> CAP_SYS_RESOURCE) & 1n) === 1n;
  return has
    ? ok("CAP_SYS_RESOURCE")
    : limited(
        "CAP_SYS_RESOURCE",
        null,
        "kernels run as uid 0 without capabilities: CRIU can't restore another user's process",
      );
}

function cgroups(): Need {
  return existsSync("/sys/fs/cgroup/cgroup.controllers")
    ? ok("cgroups", "v2")
    : limited("cgroups", "v1", "no memory pressure figures; Podman 5 still runs, with a warning");
}

function device(path: string, note: string): Need {
  return existsSync(path) ? ok(path) : limited(path, null, note);
}

function userfaultfd(): Need {
  // The sysctl is there exactly if the kernel was built with it.
  return existsSync("/proc/sys/vm/unprivileged_userfaultfd")
    ? ok("userfaultfd")
    : limited("userfaultfd", null, "no lazy pages: a move copies all memory before it resumes");
}

function memory(): Need {
  const gib = totalmem() / GIB;
  const text = `${gib.toFixed(1)} GiB`;
  return gib >= 4 ? ok("memory", text) : limited("memory", text, "4 GiB hold the platform and a runtime or two");
}

async function disk(): Promise<Need> {
  const gib = (await freeBytes()) / GIB;
  const text = `${gib.toFixed(1)} GiB free`;
  return gib >= 6 ? ok("disk", text) : limited("disk", text, "building the images needs 6 GiB");
}
