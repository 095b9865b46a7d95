/** What a member of a project may do (design.md §5). Each role may do all that the ones before it may. */
export const ROLES = ["viewer", "runner", "editor", "admin", "owner"] as const;
export type Role = (typeof ROLES)[number];

/** What one person can give another: a project has one owner, and keeps them. */
export const GIVEN_ROLES = ["viewer", "runner", "editor", "admin"] as const satisfies readonly Role[];
export type GivenRole = (typeof GIVEN_ROLES)[number];

/** The least role that each action needs. */
const NEEDS = {
  read: "viewer",
  run: "runner",
  comment: "runner",
  write: "editor",
  publish: "editor",
  share: "admin",
  configure: "admin",
  moderate: "admin",
  delete: "owner",
} as const satisfies Record<string, Role>;
export type Action = keyof typeof NEEDS;

/** True if `role` may do `action`; a person without a role may do nothing. */
export function may(role: Role | null, action: Action): boolean {
  return role !== null && ROLES.indexOf(role) >= ROLES.indexOf(NEEDS[action]);
}

/** True if `role` may do more than `other`; anybody may more than a person without a role. */
export function outranks(role: Role | null, other: Role | null): boolean {
  const rank = (of: Role | null) => (of === null ? -1 : ROLES.indexOf(of));
  return rank(role) > rank(other);
}

/** True if somebody with the role `own` may give `role` to others, and may change or take it where they have it. */
export function mayManage(own: Role | null, role: Role): boolean {
  return may(own, "share") && role !== "owner" && !outranks(role, own);
}
