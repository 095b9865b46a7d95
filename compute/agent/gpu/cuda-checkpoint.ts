/**
 * Takes a process off its GPU and brings it back: what it has there goes to its own memory, and then CRIU can freeze it.
 *
 *   running ─lock─► locked ─checkpoint─► checkpointed ─restore─► locked ─unlock─► running
 *
 * `cuda-checkpoint` is a part of driver 570 or later. CRIU's plugin calls the same tool and leaves a process alone that is
 * checkpointed already, so it does no harm where it is installed; it is not in Debian's package.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as z from "zod";
import { Fault } from "../../../shared/daemon/fault.ts";

const run = promisify(execFile);
const TOOL = "cuda-checkpoint";
/** Work that was given to the GPU is finished first. A longer one is not waited for: the author's next call would hang. */
const LOCKS_MS = 10_000;

const State = z.enum(["running", "locked", "checkpointed", "failed"]);
type State = z.infer<typeof State>;
type Action = "lock" | "checkpoint" | "restore" | "unlock";

export interface CudaCheckpoint {
  /** False where the tool is missing, or is older than its separate lock. */
  isThere(): Promise<boolean>;
  /** Throws Fault("conflict") if the GPU is busy for too long, or can't let go; the process goes on as it was then. */
  suspend(pid: number): Promise<void>;
  /** Whatever state it is in, to `running`. Throws Fault("unavailable"). */
  resume(pid: number): Promise<void>;
}

export const cudaCheckpoint: CudaCheckpoint = {
  async isThere() {
    const help = await run(TOOL, ["--help"]).catch(() => null);
    return help?.stdout.includes("--get-state") ?? false;
  },
  async suspend(pid) {
    if ((await stateOf(pid)) === "checkpointed") return;
    try {
      await act(pid, "lock", "--timeout", String(LOCKS_MS));
      await act(pid, "checkpoint");
    } catch (error) {
      await cudaCheckpoint.resume(pid).catch(() => {});
      throw new Fault("conflict", `the GPU can't let go of the runtime now: ${whyOf(error)}`);
    }
  },
  async resume(pid) {
    try {
      if ((await stateOf(pid)) === "checkpointed") await act(pid, "restore");
      if ((await stateOf(pid)) === "locked") await act(pid, "unlock");
    } catch (error) {
      throw new Fault("unavailable", `the GPU can't take the runtime back: ${whyOf(error)}`);
    }
  },
};

async function stateOf(pid: number): Promise<State> {
  return State.parse((await run(TOOL, ["--get-state", "--pid", String(pid)])).stdout.trim());
}

async function act(pid: number, action: Action, ...options: string[]): Promise<void> {
  await run(TOOL, ["--action", action, "--pid", String(pid), ...options]);
}

/** The tool's own words. */
function whyOf(error: unknown): string {
  const said = z.object({ stdout: z.string(), stderr: z.string() }).safeParse(error);
  const words = said.success ? `${said.data.stdout}${said.data.stderr}`.trim() : "";
  return words.slice(0, 300) || (error instanceof Error ? error.message : String(error));
}
