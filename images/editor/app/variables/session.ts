/** Which of the sessions that have started is meant, where nobody has chosen one. */
import { parseSessionId } from "../../../../shared/mrp/mrp.ts";

/**
 * The one that ran last, else Python's that is called "default", else the one that started first. Null if there is none.
 * @param last by its full name; for the project, it may have the id or the slug
 * @param sessions by their full names
 */
export function sessionMeant(last: string | null, sessions: readonly string[]): string | null {
  const wanted = last === null ? null : inProject(last);
  const find = (name: string | null) => sessions.find((id) => inProject(id) === name);
  return find(wanted) ?? find("default") ?? sessions[0] ?? null;
}

/** For a person. */
export function nameOf(id: string): string {
  const session = parseSessionId(id);
  return session ? `${session.name} (${session.language})` : id;
}

const inProject = (id: string) => id.slice(id.indexOf(":") + 1);
