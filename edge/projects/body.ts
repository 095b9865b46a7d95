import type { Context } from "hono";
import type * as z from "zod";
import { Fault, parseJson } from "../../shared/daemon/fault.ts";
import { MAX_FILE_BYTES, MAX_JSON_BYTES } from "../../shared/daemon/limits.ts";
import type { App } from "../environment.ts";

/** The request's body. Throws Fault("too_large") before more than `limit` bytes are held. */
export async function readBody(context: Context<App>, limit = MAX_FILE_BYTES): Promise<Uint8Array<ArrayBuffer>> {
  const stream = context.req.raw.body;
  const tooLarge = () => new Fault("too_large", `a request may carry ${limit} bytes`);
  if (!stream) return new Uint8Array(0);
  if (Number(context.req.header("content-length") ?? 0) > limit) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > limit) throw tooLarge();
    chunks.push(chunk);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}

/**
 * The request's body as the schema has it: defaults are filled in, what it does not name is gone. Throws Fault("invalid") or
 * Fault("too_large").
 * @param what the body is, for a person
 */
export async function readJson<T>(
  context: Context<App>,
  schema: z.ZodType<T>,
  what: string,
  limit = MAX_JSON_BYTES,
): Promise<T> {
  return parseJson(schema, new TextDecoder().decode(await readBody(context, limit)), what);
}
