import { randomUUID } from "node:crypto";
import { Fault } from "../../shared/daemon/fault.ts";

/** What is not a Fault is a defect: it is logged here, once, and the caller learns only where to look. */
export function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const id = randomUUID().slice(0, 8);
  console.error(`[${id}]`, error);
  return new Fault("internal", `the server failed; its log has the details under ${id}`);
}
