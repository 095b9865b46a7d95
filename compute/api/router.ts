/** A table of routes for the daemon's HTTP listeners: the edge's (signed) and one socket per owner (its editor container). */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Actor } from "../../shared/daemon/actor.ts";
import { Fault } from "../../shared/daemon/fault.ts";

/** Who asks, as the listener found out before any handler runs. */
export type Caller =
  | { readonly kind: "edge"; readonly actor: Actor | null }
  | { readonly kind: "editor"; readonly ownerId: string };

export interface Call {
  readonly caller: Caller;
  readonly params: Readonly<Record<string, string>>;
  readonly url: URL;
  readonly request: IncomingMessage;
  readonly body: Buffer<ArrayBuffer>;
  readonly response: ServerResponse;
}

export interface Upgrade {
  readonly caller: Caller;
  readonly params: Readonly<Record<string, string>>;
  readonly url: URL;
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

export interface Route {
  readonly method: string;
  /** `/v1/projects/:project/file`; a last segment `*rest` takes the remainder with its slash. */
  readonly pattern: string;
  /** Callers that may use it; the edge alone unless it says otherwise. */
  readonly callers?: readonly Caller["kind"][];
  /** Answers by returning JSON for a 200, or by writing the response itself and returning undefined. */
  handle(call: Call): Promise<object | undefined> | object | undefined;
}

export interface UpgradeRoute {
  readonly pattern: string;
  upgrade(upgrade: Upgrade): Promise<void>;
}

/** Finds the entry whose pattern fits, with its parameters decoded. Throws Fault("not_found"). */
export function match<R extends { pattern: string; method?: string; callers?: readonly Caller["kind"][] }>(
  routes: readonly R[],
  method: string,
  pathname: string,
  caller: Caller["kind"],
): { route: R; params: Record<string, string> } {
  for (const route of routes) {
    if (route.method !== undefined && route.method !== method && route.method !== "*") continue;
    if (!(route.callers ?? ["edge"]).includes(caller)) continue;
    const params = matchPattern(route.pattern, pathname);
    if (params) return { route, params };
  }
  throw new Fault("not_found", "no such address");
}

function matchPattern(pattern: string, pathname: string): Record<string, string> | null {
  const want = pattern.split("/");
  const have = pathname.split("/");
  const params: Record<string, string> = {};
  for (const [i, part] of want.entries()) {
    if (part.startsWith("*")) {
      params[part.slice(1)] = `/${have.slice(i).join("/")}`;
      return params;
    }
    const value = have[i];
    if (value === undefined || (!part.startsWith(":") && part !== value)) return null;
    if (part.startsWith(":")) {
      if (value === "") return null;
      try {
        params[part.slice(1)] = decodeURIComponent(value);
      } catch {
        return null;
      }
    }
  }
  return want.length === have.length ? params : null;
}
