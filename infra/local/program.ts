/** Programs of the machine, run to their end. */
import { type ChildProcess, spawn } from "node:child_process";
import { Fault } from "../../shared/daemon/fault.ts";

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Text for its stdin; without it stdin is empty. */
  readonly input?: string;
  /** Called with each line that it writes to stderr. */
  readonly onLine?: (line: string) => void;
}

/** Runs a program and resolves with its stdout. Throws Fault("unavailable") with the last line of stderr. */
export async function run(program: string, args: readonly string[], options: ProgramOptions = {}): Promise<string> {
  const { status, stdout, stderr } = await attempt(program, args, options);
  if (status === 0) return stdout;
  const why = stderr.trim().split("\n").at(-1) || `it ended with status ${status}`;
  throw new Fault("unavailable", `${program}: ${why.replace(/^Error: /, "")}`);
}

export interface Outcome {
  /** Null if a signal ended it, or if it isn't there. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const running = new Set<ChildProcess>();

/** Ends what runs now, with all that it started: each of them then fails, and so does what waits for it. */
export function endPrograms(): void {
  for (const { pid } of running) if (pid) process.kill(-pid, "SIGTERM");
}

/** Runs a program whose failure is an answer. Never rejects. */
export function attempt(program: string, args: readonly string[], options: ProgramOptions = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
      // Ctrl-C reaches everything in the terminal's foreground group; what stops in order must not get it.
      detached: true,
    });
    running.add(child);
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      if (options.onLine) for (const line of text.split("\n")) if (line.trim()) options.onLine(line);
    });
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
    const ended = (outcome: Outcome) => {
      running.delete(child);
      resolve(outcome);
    };
    child.on("error", (error) => ended({ status: null, stdout, stderr: error.message }));
    child.on("close", (status) => ended({ status, stdout, stderr }));
  });
}
