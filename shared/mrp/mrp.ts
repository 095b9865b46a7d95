/** MRP, the runtime protocol (formats.md §4): the shapes that clients, editor server and daemon exchange. */
import * as z from "zod";

export const LANGUAGES = ["python", "r", "julia", "bash", "javascript"] as const;
export type Language = (typeof LANGUAGES)[number];

const SESSION_NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,99}$/u;

export const SessionName = z.string().regex(SESSION_NAME, {
  error: "a session's name has 1 to 100 letters, digits and . _ -, and begins with a letter or digit",
});

/** A session by its MRP name: `<project>:<name>` for Python, `<project>:<language>:<name>` for the others. */
export const SessionId = z.string().refine((id) => parseSessionId(id) !== null, {
  error: "a session is named <project>:<name> or <project>:<language>:<name>",
});

export function sessionId(project: string, language: Language, name: string): string {
  return language === "python" ? `${project}:${name}` : `${project}:${language}:${name}`;
}

export function parseSessionId(id: string): { project: string; language: Language; name: string } | null {
  const parts = id.split(":");
  const [project, name] = [parts[0], parts.at(-1)];
  const language = parts.length === 2 ? "python" : LANGUAGES.find((known) => parts.length === 3 && known === parts[1]);
  if (!project || !name || !language || !SESSION_NAME.test(name)) return null;
  return { project, language, name };
}

/** An id that the client makes; the same id sent twice runs once. */
export const ExecutionId = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/, "8 to 64 of A-Z a-z 0-9 _ -");

export const ExecuteRequest = z.object({
  code: z.string(),
  session: SessionId,
  storeHistory: z.boolean().default(true),
  silent: z.boolean().default(false),
  /** Folder for figures and other generated files, relative to the project; null: they come inline. */
  assetDir: z.string().nullable().default(null),
  execId: ExecutionId,
  cellId: z.string().max(200).nullable().default(null),
  cellMeta: z.record(z.string(), z.unknown()).default({}),
});
export type ExecuteRequest = z.infer<typeof ExecuteRequest>;

const MimeBundle = z.record(z.string(), z.unknown());

const ERROR = z.object({
  type: z.string(),
  message: z.string(),
  traceback: z.array(z.string()),
  line: z.int().nullable().default(null),
  column: z.int().nullable().default(null),
});

export const EVENT_DATA = {
  start: z.object({ session: z.string(), executionCount: z.int().nullable() }),
  stdout: z.object({ content: z.string() }),
  stderr: z.object({ content: z.string() }),
  stdin_request: z.object({ prompt: z.string(), password: z.boolean() }),
  display: z.object({
    data: MimeBundle,
    metadata: z.record(z.string(), z.unknown()).default({}),
    displayId: z.string().nullable().default(null),
    update: z.boolean().default(false),
  }),
  clear: z.object({ wait: z.boolean() }),
  /** `path` is relative to the project once it has left the daemon. */
  asset: z.object({
    path: z.string(),
    name: z.string(),
    mime: z.string(),
    size: z.int(),
    /** Of the display that it is the picture or page of; an update takes the place of the earlier one. */
    displayId: z.string().nullable().default(null),
    update: z.boolean().default(false),
  }),
  result: z.object({
    data: MimeBundle,
    metadata: z.record(z.string(), z.unknown()).default({}),
    executionCount: z.int().nullable(),
  }),
  error: ERROR,
  done: z.object({
    success: z.boolean(),
    status: z.enum(["completed", "failed", "cancelled"]),
    executionCount: z.int().nullable(),
    /** Milliseconds. */
    duration: z.number(),
    /** Top-level modules that the code imports, where its kernel says so. */
    imports: z.array(z.string()).default([]),
  }),
} as const;
export type EventName = keyof typeof EVENT_DATA;
export type EventData<N extends EventName> = z.infer<(typeof EVENT_DATA)[N]>;

/** One event of an execution. `seq` rises within an execution, with gaps. */
export type ExecutionEvent = { [N in EventName]: { seq: number; event: N; data: EventData<N> } }[EventName];

const eventOf = <N extends EventName>(name: N) =>
  z.object({ seq: z.int().min(1), event: z.literal(name), data: EVENT_DATA[name] });

export const ExecutionEvent = z.discriminatedUnion("event", [
  eventOf("start"),
  eventOf("stdout"),
  eventOf("stderr"),
  eventOf("stdin_request"),
  eventOf("display"),
  eventOf("clear"),
  eventOf("asset"),
  eventOf("result"),
  eventOf("error"),
  eventOf("done"),
]);

export const EXECUTION_STATUSES = ["queued", "working", "input_required", "completed", "failed", "cancelled"] as const;

export const Execution = z.object({
  executionId: ExecutionId,
  session: z.string(),
  status: z.enum(EXECUTION_STATUSES),
  currentSeq: z.int(),
  inputRequest: EVENT_DATA.stdin_request.nullable(),
});
export type Execution = z.infer<typeof Execution>;

export const InputRequest = z.object({ session: SessionId, exec_id: ExecutionId, text: z.string() });
export const InterruptRequest = z.object({ session: SessionId });
