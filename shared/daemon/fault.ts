/** The one error that crosses a border: a code from a closed list and a line for a person. */
import * as z from "zod";

/** Each code with the HTTP status that it travels as. */
export const FAULT_STATUS = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  limit: 429,
  internal: 500,
  unavailable: 503,
} as const;
export type FaultCode = keyof typeof FAULT_STATUS;

/** Body of every answer that is not a success. */
export const FaultBody = z.object({
  error: z.object({
    code: z.enum(Object.keys(FAULT_STATUS) as [FaultCode, ...FaultCode[]]),
    message: z.string(),
    /** File and line where that is known (`mrmd.md:12`), for tools that jump there. */
    at: z.string().optional(),
  }),
});
export type FaultBody = z.infer<typeof FaultBody>;

/** Thrown anywhere, turned into a FaultBody (or an exit status and a line) at the border. The message is shown to people. */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly at: string | undefined;

  constructor(code: FaultCode, message: string, at?: string) {
    super(message);
    this.name = "Fault";
    this.code = code;
    this.at = at;
  }

  get status(): number {
    return FAULT_STATUS[this.code];
  }

  toBody(): FaultBody {
    return { error: { code: this.code, message: this.message, ...(this.at === undefined ? {} : { at: this.at }) } };
  }
}

/** Parses at a border: the value, or a Fault("invalid") that names the first thing that is wrong. */
export function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue?.path.join(".") ?? "";
  throw new Fault("invalid", `${what}: ${path === "" ? "" : `"${path}": `}${issue?.message ?? "wrong shape"}`);
}

/** Parses JSON text at a border. Throws Fault("invalid"). */
export function parseJson<T>(schema: z.ZodType<T>, text: string, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Fault("invalid", `${what}: not JSON`);
  }
  return parse(schema, value, what);
}
