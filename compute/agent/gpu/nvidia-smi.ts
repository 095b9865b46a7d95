/** What the driver's own tool says of GPUs and of who uses them. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as z from "zod";
import { Fault } from "../../../shared/daemon/fault.ts";

const run = promisify(execFile);
/** Without its daemon the driver is loaded anew by each call, which takes seconds. */
const ANSWERS_MS = 20_000;
const MIB = 1024 * 1024;

export interface GpuState {
  readonly name: string;
  /** Version, as `580.95.05`. */
  readonly driver: string;
  /** Bytes; null where the GPU does not say, as one that shares its memory with the processor. */
  readonly total: number | null;
  readonly used: number | null;
  /** Percent of the last second in which something was computed; null where it does not say. */
  readonly utilisation: number | null;
}

export interface GpuProcess {
  readonly pid: number;
  /** Bytes on the GPU; null where that is not said. */
  readonly bytes: number | null;
}

export interface NvidiaSmi {
  gpus(): Promise<GpuState[]>;
  /** Those that have a CUDA context. */
  processes(): Promise<GpuProcess[]>;
}

/** Throws Fault("unavailable") if there is a driver and it does not answer. */
export const nvidiaSmi: NvidiaSmi = {
  gpus: async () => parseGpus(await ask("--query-gpu=name,driver_version,memory.total,memory.used,utilization.gpu")),
  processes: async () => parseProcesses(await ask("--query-compute-apps=pid,used_gpu_memory")),
};

async function ask(query: string): Promise<string> {
  try {
    return (await run("nvidia-smi", [query, "--format=csv,noheader,nounits"], { timeout: ANSWERS_MS })).stdout;
  } catch (error) {
    // It says why on stdout: "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. …"
    const { stdout = "" } = z.object({ stdout: z.string().optional() }).catch({}).parse(error);
    throw new Fault(
      "unavailable",
      `the GPU's driver does not answer: ${stdout.trim().slice(0, 200) || "no reason given"}`,
    );
  }
}

/** A number; where there is none it says "[N/A]", "[Not Supported]", "[Unknown Error]", with or without brackets. */
const numberOrNull = z.string().transform((text) => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : null));
const mebibytes = numberOrNull.transform((number) => (number === null ? null : number * MIB));

const GpuRow = z.tuple([z.string().min(1), z.string().regex(/^\d+(\.\d+)+$/), mebibytes, mebibytes, numberOrNull]);
const ProcessRow = z.tuple([z.string().regex(/^\d+$/).transform(Number), mebibytes]);

/** Throws Fault("unavailable") for what is none of its answers. */
export function parseGpus(csv: string): GpuState[] {
  return rowsOf(csv, GpuRow).map(([name, driver, total, used, utilisation]) => ({
    name,
    driver,
    total,
    used,
    utilisation,
  }));
}

/** Throws Fault("unavailable") for what is none of its answers. */
export function parseProcesses(csv: string): GpuProcess[] {
  return rowsOf(csv, ProcessRow).map(([pid, bytes]) => ({ pid, bytes }));
}

function rowsOf<T>(csv: string, row: z.ZodType<T>): T[] {
  const lines = csv.split("\n").filter((line) => line.trim() !== "" && line.trim() !== "No devices were found");
  return lines.map((line) => {
    const parsed = row.safeParse(line.split(",").map((field) => field.trim()));
    if (parsed.success) return parsed.data;
    throw new Fault("unavailable", `the GPU's driver says what makes no sense: ${line.slice(0, 200)}`);
  });
}
