import * as z from "zod";
import { ImportRequest, type ProjectState, type RuntimeView } from "../../shared/daemon/contract.ts";
import { parse, parseJson } from "../../shared/daemon/fault.ts";
import type { Route } from "../api/router.ts";
import type { Sites } from "../site/sites.ts";
import type { Imports } from "./imports.ts";
import type { Project, Projects } from "./projects.ts";

/** @param view a runtime as its author sees it */
export function projectRoutes(
  projects: Projects,
  imports: Imports,
  commit: (input: {
    importId: string;
    projectId: string;
    owner: ImportRequest["owner"];
    slug: string;
  }) => Promise<void>,
  view: (project: Project) => RuntimeView,
  sites: Sites,
): Route[] {
  async function stateOf(projectId: string): Promise<ProjectState> {
    const project = projects.get(projectId);
    return {
      projectId: project.id,
      owner: project.owner,
      slug: project.slug,
      files: await projects.files(project),
      site: project.site,
      runtime: view(project),
    };
  }

  return [
    {
      method: "POST",
      pattern: "/v1/imports",
      handle: async ({ body }) => {
        await imports.begin(parseJson(ImportRequest, body.toString(), "import"));
        return {};
      },
    },
    {
      method: "PUT",
      pattern: "/v1/imports/:import/file",
      handle: async ({ params, url, body }) => {
        await imports.take(params.import ?? "", parse(z.string(), url.searchParams.get("path"), "path"), body);
        return {};
      },
    },
    {
      method: "POST",
      pattern: "/v1/imports/:import/commit",
      handle: async ({ params }) => {
        const request = imports.get(params.import ?? "");
        await imports.check(request);
        await commit({
          importId: request.importId,
          projectId: request.projectId,
          owner: request.owner,
          slug: request.slug,
        });
        sites.changed(request.projectId);
        return stateOf(request.projectId);
      },
    },
    {
      method: "DELETE",
      pattern: "/v1/imports/:import",
      handle: async ({ params }) => {
        await imports.discard(params.import ?? "");
        return {};
      },
    },
    {
      method: "GET",
      pattern: "/v1/projects/:project",
      callers: ["edge", "editor"],
      handle: ({ caller, params }) => stateOf(projects.getFor(caller, params.project ?? "").id),
    },
    {
      method: "GET",
      pattern: "/v1/projects/:project/file",
      callers: ["edge", "editor"],
      handle: async ({ caller, params, url, response }) => {
        const project = projects.getFor(caller, params.project ?? "");
        const content = await projects.read(project, parse(z.string(), url.searchParams.get("path"), "path"));
        response.writeHead(200, { "content-type": "application/octet-stream", "content-length": content.length });
        response.end(content);
        return undefined;
      },
    },
  ];
}
