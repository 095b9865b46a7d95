/**
 * Who is inside: the connections that people have open to projects, so that a role that changes acts at once, at every door
 * alike. The edge has checked each request; here it says that what it checked holds no more.
 */
import { AccessChange, DAEMON } from "../../shared/daemon/contract.ts";
import { Fault, parseJson } from "../../shared/daemon/fault.ts";
import { outranks } from "../../shared/roles.ts";
import type { Caller, Route } from "./router.ts";

/** A request that the edge checked before a change may come in after it, for as long as its body takes to arrive there. */
const REMEMBERED_MS = 10 * 60_000;

interface Connection {
  destroy(): unknown;
  once(event: "close", listener: () => void): unknown;
}

export class Admissions {
  readonly #open = new Map<string, Set<Connection>>();
  /** The newest change of each person's role in each project, and when it may be forgotten. */
  readonly #told = new Map<string, AccessChange & { readonly untilMs: number }>();

  readonly routes: Route[] = [
    {
      method: "POST",
      pattern: DAEMON.access(":project"),
      handle: ({ params, body }) => {
        this.change(params.project ?? "", parseJson(AccessChange, body.toString(), "access change"));
        return {};
      },
    },
  ];

  /** Keeps the connection until it closes or the role changes. Throws Fault("forbidden") if that has just happened. */
  admit(caller: Caller, projectId: string | undefined, connection: Connection, nowMs = Date.now()): void {
    if (caller.kind !== "edge" || caller.actor === null || projectId === undefined) return;
    const key = keyOf(projectId, caller.actor.userId);
    const told = this.#told.get(key);
    if (told && told.untilMs > nowMs && outranks(caller.actor.role, told.role))
      throw new Fault("forbidden", "your role in the project has just changed; try again");
    const open = this.#open.get(key) ?? new Set();
    this.#open.set(key, open.add(connection));
    connection.once("close", () => {
      open.delete(connection);
      if (open.size === 0 && this.#open.get(key) === open) this.#open.delete(key);
    });
  }

  /** Closes what the person has open in the project: they come back through the edge, with the role that they have now. */
  change(projectId: string, change: AccessChange, nowMs = Date.now()): void {
    for (const [key, { untilMs }] of this.#told) if (untilMs <= nowMs) this.#told.delete(key);
    const key = keyOf(projectId, change.userId);
    if ((this.#told.get(key)?.readMs ?? 0) <= change.readMs)
      this.#told.set(key, { ...change, untilMs: nowMs + REMEMBERED_MS });
    for (const connection of this.#open.get(key) ?? []) connection.destroy();
  }
}

const keyOf = (projectId: string, userId: string): string => `${projectId} ${userId}`;
