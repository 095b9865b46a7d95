/** A choice among the roles that can be given, in words. */
import { GIVEN_ROLES, type GivenRole, type Role } from "../../../shared/roles.ts";
import { element } from "./element.ts";

const MEANS = {
  viewer: "Viewer – reads",
  runner: "Runner – runs cells, too",
  editor: "Editor – writes and publishes, too",
  admin: "Admin – shares, too",
} as const satisfies Record<GivenRole, string>;

export function roleSelect(chosen: Role, attributes: Readonly<Record<string, string>> = {}): HTMLSelectElement {
  return element(
    "select",
    attributes,
    ...GIVEN_ROLES.map((role) => element("option", { value: role, selected: role === chosen }, MEANS[role])),
  );
}

export function chosenRole(select: HTMLSelectElement): GivenRole {
  return GIVEN_ROLES.find((role) => role === select.value) ?? "viewer";
}
