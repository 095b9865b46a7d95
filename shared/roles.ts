/** What a member of a project may do (design.md §5). Each role may do all that the ones before it may. */
export const ROLES = ["viewer", "runner", "editor", "admin", "owner"] as const;
export type Role = (typeof ROLES)[number];

/** The least role that each action needs. */
const NEEDS = {
  read: "viewer",
  run: "runner",
  write: "editor",
  publish: "editor",
  share: "admin",
  configure: "admin",
  delete: "owner",
} as const satisfies Record<string, Role>;
export type Action = keyof typeof NEEDS;

/** True if `role` may do `action`; a person without a role may do nothing. */
export function may(role: Role | null, action: Action): boolean {
  return role !== null && ROLES.indexOf(role) >= ROLES.indexOf(NEEDS[action]);
}
