/** For tests: the other end of a supervisor's stdin and stdout. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseSessionId } from "../../shared/mrp/mrp.ts";
import { SupervisorLine, type SupervisorRequest } from "../../shared/runtime/wire.ts";

type Unsent<T> = T extends unknown ? Omit<T, "id"> : never;

/** A supervisor to talk to, started by `command`. What it says is kept in `lines`, what fits no schema in `garbage`. */
export class Supervisor {
  readonly lines: SupervisorLine[] = [];
  /** What was no line of a supervisor. */
  readonly garbage: string[] = [];
  readonly child: ChildProcess;
  /** Where sessions start. */
  readonly cwd: string;
  #bell: () => void = () => {};
  #count = 0;

  /** @param command null: one on this machine, whose login shells find no files of whoever tests: those may take locks, and be killed with them */
  constructor(cwd: string, command: readonly [string, ...string[]] | null = null) {
    this.cwd = cwd;
    const [file, ...args] = command ?? ["python3", "-S", "-E", "-B", join(import.meta.dirname, "supervisor")];
    const env = command ? process.env : { ...process.env, HOME: cwd };
    this.child = spawn(file, args, { stdio: ["pipe", "pipe", "inherit"], env });
    if (!this.child.stdout) throw new Error("no stdout");
    createInterface({ input: this.child.stdout }).on("line", (line) => {
      this.#take(line);
      this.#bell();
    });
  }

  /** As the daemon does: a cell that has found the supervisor's stdout may have left half a line in front of one. */
  #take(line: string): void {
    const start = line.lastIndexOf('{"seq":');
    if (start > 0) this.garbage.push(line.slice(0, start));
    const parsed = SupervisorLine.safeParse(start === -1 ? null : safeJson(line.slice(start)));
    if (parsed.success) this.lines.push(parsed.data);
    else this.garbage.push(line);
  }

  write(text: string): void {
    this.child.stdin?.write(text);
  }

  send(request: Unsent<SupervisorRequest>, id = `request-${++this.#count}`): string {
    this.write(`${JSON.stringify({ id, ...request })}\n`);
    return id;
  }

  execute(exec: string, code: string, session = "p:bash:default", assetDir: string | null = null): void {
    this.send({
      op: "execute",
      exec,
      session,
      language: parseSessionId(session)?.language ?? "python",
      code,
      silent: false,
      storeHistory: true,
      assetDir,
      cwd: this.cwd,
      venv: null,
    });
  }

  async until<T>(find: (lines: SupervisorLine[]) => T | undefined | false): Promise<T> {
    for (;;) {
      const found = find(this.lines);
      if (found) return found;
      await new Promise<void>((resolve) => {
        this.#bell = resolve;
      });
    }
  }

  events(exec: string): { event: string; data: Record<string, unknown> }[] {
    return this.lines.flatMap((line) =>
      line.type === "event" && line.exec === exec
        ? [{ event: line.event, data: line.data as Record<string, unknown> }]
        : [],
    );
  }

  async done(exec: string) {
    await this.until(() => this.events(exec).some(({ event }) => event === "done"));
    const events = this.events(exec);
    const text = (stream: string) =>
      events
        .filter(({ event }) => event === stream)
        .map(({ data }) => data.content)
        .join("");
    return {
      names: events.map(({ event }) => event),
      stdout: text("stdout"),
      stderr: text("stderr"),
      status: events.at(-1)?.data.status,
    };
  }

  reply(id: string) {
    return this.until((lines) => lines.find((line) => line.type === "reply" && line.id === id));
  }
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
