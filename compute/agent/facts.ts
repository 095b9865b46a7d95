/** What this machine is, as far as a frozen runtime cares. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { release, totalmem } from "node:os";
import { promisify } from "node:util";
import type { HostFacts } from "./host-agent.ts";

const run = promisify(execFile);

/** @param runtimeImage id of the image that runtimes are made from here */
export async function hostFacts(runtimeImage: string, gpu: HostFacts["gpu"]): Promise<HostFacts> {
  const [cpu, { stdout: criu }, lazyPages, criuProblem] = await Promise.all([
    readFile("/proc/cpuinfo", "utf8"),
    run("criu", ["--version"]),
    hasLazyPages(),
    problemOfCriu(),
  ]);
  const field = (name: string) => new RegExp(`^${name}\\s*: (.*)$`, "m").exec(cpu)?.[1] ?? "";
  return {
    cpuVendor: field("vendor_id"),
    cpuFlags: field("flags").split(" "),
    criu: /^Version: (\S+)/m.exec(criu)?.[1] ?? "",
    kernel: release(),
    runtimeImage,
    memory: totalmem(),
    lazyPages,
    criuProblem,
    gpu,
  };
}

let criuProblem: Promise<string | null> | null = null;

/** As `hasLazyPages`: a kernel that CRIU does not know yet is found out before something is frozen on it. */
function problemOfCriu(): Promise<string | null> {
  criuProblem ??= run("criu", ["check"]).then(
    () => null,
    (error: Error & { stderr?: string }) => /Error .*?: (.*)$/m.exec(error.stderr ?? "")?.[1] ?? error.message,
  );
  return criuProblem;
}

let lazyPages: Promise<boolean> | null = null;

/** CRIU tries it out, which takes a while; what it finds stays so while the machine is up. */
function hasLazyPages(): Promise<boolean> {
  lazyPages ??= run("criu", ["check", "--feature", "uffd-noncoop"]).then(
    () => true,
    () => false,
  );
  return lazyPages;
}
