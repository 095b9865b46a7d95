/** What this machine is, as far as a frozen runtime cares. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { release, totalmem } from "node:os";
import { promisify } from "node:util";
import type { HostFacts } from "./host-agent.ts";

const run = promisify(execFile);

/** @param runtimeImage id of the image that runtimes are made from here */
export async function hostFacts(runtimeImage: string, gpu: HostFacts["gpu"]): Promise<HostFacts> {
  const [cpu, tried] = await Promise.all([readFile("/proc/cpuinfo", "utf8"), triedOut()]);
  const field = (name: string) => new RegExp(`^${name}\\s*: (.*)$`, "m").exec(cpu)?.[1] ?? "";
  return {
    cpuVendor: field("vendor_id"),
    cpuFlags: field("flags").split(" "),
    kernel: release(),
    runtimeImage,
    memory: totalmem(),
    ...tried,
    gpu,
  };
}

type Tried = Pick<HostFacts, "criu" | "criuProblem" | "lazyPages">;
let tried: Promise<Tried> | null = null;

/** CRIU tries itself out on this kernel, which takes a while; what it finds stays so while the machine is up. */
function triedOut(): Promise<Tried> {
  tried ??= Promise.all([
    run("criu", ["--version"]).then(({ stdout }) => /^Version: (\S+)/m.exec(stdout)?.[1] ?? ""),
    run("criu", ["check"]).then(
      () => null,
      (error: Error & { stderr?: string }) => /Error .*?: (.*)$/m.exec(error.stderr ?? "")?.[1] ?? error.message,
    ),
    run("criu", ["check", "--feature", "uffd-noncoop"]).then(
      () => true,
      () => false,
    ),
  ]).then(([criu, criuProblem, lazyPages]) => ({ criu, criuProblem, lazyPages }));
  return tried;
}
