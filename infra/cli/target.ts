import { UsageFault } from "./command.ts";

/** What `@owner/project/path` or `project/path` names. Throws UsageFault. */
export function splitTarget(target: string): [project: string, path: string | null] {
  const match = /^(@[^/]+\/[^/]+|[^/]+)(?:\/(.+))?$/.exec(target);
  if (!match?.[1]) throw new UsageFault(`"${target}" names no project`);
  return [match[1], match[2]?.replace(/\/+$/, "") ?? null];
}
