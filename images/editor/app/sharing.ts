/** Who may enter a project, as the platform keeps it. */
import type { GivenRole } from "../../../shared/roles.ts";
import { Invited, type LinkRequest, MadeLink, Sharing } from "../../../shared/sharing.ts";
import { json, request, send } from "./api.ts";

const at = (projectId: string) => `/api/projects/${projectId}/sharing`;

export function readSharing(projectId: string): Promise<Sharing> {
  return json(Sharing, at(projectId));
}

/** The link's address is in the answer, and never again. */
export async function makeLink(projectId: string, wish: LinkRequest): Promise<MadeLink> {
  return MadeLink.parse(await (await send("POST", `${at(projectId)}/links`, wish)).json());
}

/** @param to a handle or an e-mail address */
export async function invite(projectId: string, to: string, role: GivenRole): Promise<Invited> {
  return Invited.parse(await (await send("POST", `${at(projectId)}/people`, { to, role })).json());
}

export async function revokeInvite(projectId: string, id: string): Promise<void> {
  await request(`${at(projectId)}/invites/${id}`, { method: "DELETE" });
}

export async function changeRole(projectId: string, userId: string, role: GivenRole): Promise<void> {
  await send("PUT", `${at(projectId)}/members/${userId}`, { role });
}

/** Also a person's own leaving. */
export async function removeMember(projectId: string, userId: string): Promise<void> {
  await request(`${at(projectId)}/members/${userId}`, { method: "DELETE" });
}
