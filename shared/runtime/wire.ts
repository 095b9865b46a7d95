/**
 * What agent and supervisor say to each other over the container's stdin and stdout: one JSON object a line
 * (design.md §5, "Runtime"). Lines from the container come from a place where strangers' code runs: parse them.
 */
import * as z from "zod";
import type { QUESTIONS, Question } from "../mrp/introspection.ts";
import { EVENT_DATA, type EventName, ExecutionEvent, ExecutionId, type Language } from "../mrp/mrp.ts";

/** Where a session's kernel starts, when a request is the one that starts it. */
export interface SessionPlace {
  readonly session: string;
  readonly language: Language;
  /** Absolute paths in the container. */
  readonly cwd: string;
  readonly venv: string | null;
}

interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

type QuestionRequest = {
  [Q in Question]: { op: Q; language: Language } & z.infer<(typeof QUESTIONS)[Q]>;
}[Question];

/** Agent → supervisor. A request is sent again, with the same id, until it is acknowledged. */
export type SupervisorRequest = { id: string } & (
  | ({
      op: "execute";
      exec: string;
      code: string;
      silent: boolean;
      storeHistory: boolean;
      /** Absolute path in the container. */
      assetDir: string | null;
    } & SessionPlace)
  | ({ op: "start" } & SessionPlace)
  | { op: "end"; session: string }
  | { op: "input"; exec: string; text: string }
  | { op: "input_cancel"; exec: string }
  | { op: "interrupt"; session: string }
  | { op: "cancel"; exec: string }
  | { op: "reset"; session: string }
  | { op: "sessions" }
  /** A Python is loaded for the first session that wants one. */
  | { op: "warm" }
  /** A copy of the runtime goes on elsewhere: random numbers begin anew here. */
  | { op: "renew" }
  | ({ op: "terminal_open"; terminal: string; cwd: string } & TerminalSize)
  | { op: "terminal_list" }
  | { op: "terminal_input"; terminal: string; data: string }
  | ({ op: "terminal_resize"; terminal: string } & TerminalSize)
  | { op: "terminal_take"; terminal: string; position: number }
  | { op: "terminal_detach"; terminal: string }
  | { op: "terminal_close"; terminal: string }
  | QuestionRequest
);

const seq = z.int().min(1);

/** Supervisor → agent. `seq` rises by one a line for the life of the supervisor. */
export const SupervisorLine = z.discriminatedUnion("type", [
  z.object({
    seq,
    type: z.literal("ready"),
    boot: z.string(),
    languages: z.array(z.string()),
  }),
  z.object({ seq, type: z.literal("ack"), id: z.string() }),
  z.object({ seq, type: z.literal("refused"), id: z.string().nullable(), message: z.string() }),
  z.object({
    seq,
    type: z.literal("reply"),
    id: z.string(),
    ok: z.boolean(),
    result: z.unknown().optional(),
    error: z.object({ code: z.string(), message: z.string() }).optional(),
  }),
  z.object({
    seq,
    type: z.literal("event"),
    exec: ExecutionId,
    event: z.enum(Object.keys(EVENT_DATA) as [EventName, ...EventName[]]),
    data: z.unknown(),
  }),
  z.object({
    seq,
    type: z.literal("session"),
    session: z.string(),
    language: z.string(),
    state: z.enum(["starting", "idle", "busy", "exited"]),
    exit: z.object({ code: z.int().nullable(), signal: z.int().nullable() }).nullable(),
  }),
  /** What a terminal shows. `position`: characters (code points) that it has ever shown, with these. */
  z.object({ seq, type: z.literal("terminal"), terminal: z.string(), position: z.int(), data: z.string() }),
  z.object({ seq, type: z.literal("terminal_end"), terminal: z.string(), code: z.int() }),
]);
export type SupervisorLine = z.infer<typeof SupervisorLine>;

/** How every line of a supervisor begins; quotes inside one are escaped. */
const LINE_START = '{"seq":';

/**
 * What the supervisor says in a line, or null if it is no message. User code that has found the supervisor's stdout may have left
 * half a line in front of it.
 */
export function parseLine(text: string): SupervisorLine | null {
  try {
    return SupervisorLine.parse(JSON.parse(text.slice(Math.max(0, text.lastIndexOf(LINE_START)))));
  } catch {
    return null;
  }
}

/** The typed event of an `event` line, or null if its data do not fit its name. */
export function eventOfLine(line: Extract<SupervisorLine, { type: "event" }>): ExecutionEvent | null {
  const parsed = ExecutionEvent.safeParse({ seq: line.seq, event: line.event, data: line.data });
  return parsed.success ? parsed.data : null;
}
