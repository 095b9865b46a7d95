/** The platform's public API, as a browser with a session cookie uses it. */
import * as z from "zod";
import { ProjectState, SiteState } from "../../../shared/daemon/contract.ts";
import { FaultBody } from "../../../shared/daemon/fault.ts";
import { ROLES } from "../../../shared/roles.ts";

/** Thrown for every answer that is no success; the message is for the person. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const Me = z.object({ user: z.object({ userId: z.string(), handle: z.string(), name: z.string() }) });
export type User = z.infer<typeof Me>["user"];

const Projects = z.object({
  projects: z.array(
    z.object({
      projectId: z.string(),
      slug: z.string(),
      owner: z.object({ handle: z.string() }),
      role: z.enum(ROLES),
      site: SiteState.nullable(),
      /** When the platform last heard of it: it was made, its site changed, or its runtime did. */
      active: z.iso.datetime(),
    }),
  ),
});
export type ListedProject = z.infer<typeof Projects>["projects"][number];

const Found = z.object({ projectId: z.string(), role: z.enum(ROLES) });
const State = ProjectState.extend({ role: z.enum(ROLES) });
export type OpenProject = z.infer<typeof State>;

export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(path, init).catch(() => {
    throw new ApiError(0, "The platform does not answer.");
  });
  if (response.ok) return response;
  throw refusal(response.status, await response.json().catch(() => null));
}

/** What an answer says that is no success. */
export function refusal(status: number, body: unknown): ApiError {
  const fault = FaultBody.safeParse(body);
  return new ApiError(status, fault.success ? fault.data.error.message : `The platform answered ${status}.`);
}

/** As request, with a body in JSON. */
export function send(method: "POST" | "PUT", path: string, body: object): Promise<Response> {
  return request(path, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

/** As request, for an answer in JSON. Throws a ZodError if it is something else. */
export async function json<T>(schema: z.ZodType<T>, path: string): Promise<T> {
  return schema.parse(await (await request(path)).json());
}

/** The person who is signed in, or null. */
export async function whoAmI(): Promise<User | null> {
  try {
    return (await json(Me, "/api/me")).user;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

export async function listProjects(): Promise<ListedProject[]> {
  return (await json(Projects, "/api/projects")).projects;
}

export async function openProject(user: string, slug: string): Promise<OpenProject> {
  const { projectId } = await json(Found, `/api/by-name/@${encodeURIComponent(user)}/${encodeURIComponent(slug)}`);
  return projectState(projectId);
}

export function projectState(projectId: string): Promise<OpenProject> {
  return json(State, `/api/projects/${projectId}`);
}
