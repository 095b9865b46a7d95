/** The platform's public API, as the command line uses it. */
import * as z from "zod";
import { SiteState } from "../../shared/daemon/contract.ts";
import { Fault, FaultBody, parse } from "../../shared/daemon/fault.ts";
import { ROLES } from "../../shared/roles.ts";
import { type Credentials, findCredentials } from "./credentials.ts";

export const ListedProject = z.object({
  projectId: z.uuid(),
  slug: z.string(),
  owner: z.object({ handle: z.string() }),
  role: z.enum(ROLES),
  site: SiteState.nullable(),
});
export type ListedProject = z.infer<typeof ListedProject>;

export class Client {
  readonly url: string;
  readonly #token: string;

  constructor({ url, token }: Credentials) {
    this.url = url;
    this.#token = token;
  }

  /** A request's answer if it is a success. Throws the platform's Fault, or Fault("unavailable") if it can't be reached. */
  async request(method: string, path: string, body?: object | Uint8Array<ArrayBuffer>): Promise<Response> {
    const isBytes = body instanceof Uint8Array;
    const response = await fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { "content-type": isBytes ? "application/octet-stream" : "application/json" }),
      },
      ...(body === undefined ? {} : { body: isBytes ? body : JSON.stringify(body) }),
    }).catch(() => null);
    if (!response) throw new Fault("unavailable", `${this.url} does not answer; is the platform running (npm start)?`);
    if (response.ok) return response;
    const refused = FaultBody.safeParse(await response.json().catch(() => null));
    if (!refused.success) throw new Fault("internal", `${this.url}${path} answered ${response.status}`);
    throw new Fault(refused.data.error.code, refused.data.error.message, refused.data.error.at);
  }

  async json<T>(schema: z.ZodType<T>, method: string, path: string, body?: object): Promise<T> {
    return parse(schema, await (await this.request(method, path, body)).json(), `the answer of ${path}`);
  }

  async projects(): Promise<ListedProject[]> {
    return (await this.json(z.object({ projects: z.array(ListedProject) }), "GET", "/api/projects")).projects;
  }

  /** The project called `name` or `@owner/name`. Throws Fault("not_found"), or Fault("invalid") if several are. */
  async project(name: string): Promise<ListedProject> {
    const [, owner, slug] = /^@([^/]+)\/(.+)$/.exec(name) ?? [null, null, name];
    const found = (await this.projects()).filter(
      (project) => project.slug === slug && (owner === null || project.owner.handle === owner),
    );
    const [project] = found;
    if (!project) throw new Fault("not_found", `no project "${name}"; markco ls lists yours`);
    if (found.length > 1) throw new Fault("invalid", `several people call a project "${name}"; write @owner/${slug}`);
    return project;
  }
}

export async function openClient(): Promise<Client> {
  return new Client(await findCredentials(process.env));
}
