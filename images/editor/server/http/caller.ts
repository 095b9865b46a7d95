/** Who asks, and about which project. The socket is the daemon's alone, and it has checked both (design.md §5). */
import type { IncomingMessage } from "node:http";
import * as z from "zod";
import { type Actor, decodeActor } from "../../../../shared/daemon/actor.ts";
import { Fault } from "../../../../shared/daemon/fault.ts";
import { type Action, may } from "../../../../shared/roles.ts";

export interface Caller {
  readonly projectId: string;
  readonly actor: Actor;
}

/** Throws Fault("unauthenticated" | "forbidden"). */
export function callerOf(request: IncomingMessage, action: Action): Caller {
  const project = z.uuid().safeParse(request.headers["x-markco-project"]);
  const actor = actorOf(request.headers["x-markco-actor"]);
  if (!project.success || !actor) throw new Fault("unauthenticated", "the request names no person or no project");
  if (!may(actor.role, action)) throw new Fault("forbidden", `a ${actor.role} of the project may not ${action}`);
  return { projectId: project.data, actor };
}

function actorOf(header: string | string[] | undefined): Actor | null {
  if (typeof header !== "string") return null;
  try {
    return decodeActor(header);
  } catch {
    return null;
  }
}
