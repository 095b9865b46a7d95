/** What a project's site consists of at this moment, read from its files. */
import { createHash } from "node:crypto";
import { type Config, describeProblem } from "../../shared/config/config.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import { splitFrontMatter, titleOf } from "../../shared/document/front-matter.ts";
import { linkedPaths } from "../../shared/document/links.ts";
import { isPublishablePage, isServableAsset } from "../../shared/fsml/path.ts";
import { layOutSite } from "../../shared/fsml/site.ts";
import type { Manifest } from "../../shared/site/manifest.ts";
import type { Project, Projects } from "../projects/projects.ts";

export type SitePlan =
  | { readonly kind: "problem"; readonly problem: string }
  | { readonly kind: "unpublished" }
  | {
      readonly kind: "published";
      readonly manifest: Omit<Manifest, "version" | "publishedAt">;
      /** Content hash → project path, to upload from. */
      readonly contents: ReadonlyMap<string, string>;
    };

type Publish = NonNullable<Config["publish"]>;

export async function planSite(projects: Projects, project: Project): Promise<SitePlan> {
  const configuration = await projects.configuration(project);
  if ("problems" in configuration) {
    const [first] = configuration.problems;
    return { kind: "problem", problem: first ? describeProblem(first) : "mrmd.md: not a valid configuration" };
  }
  const { config } = configuration;
  if (!config.publish) return { kind: "unpublished" };
  if (config.publish.url.user !== project.owner.handle) {
    const { user, name } = config.publish.url;
    return {
      kind: "problem",
      problem: `mrmd.md: publish.url: @${user}/${name} is not yours; write @${project.owner.handle}/${name}`,
    };
  }
  return readSite(projects, project, config, config.publish);
}

async function readSite(projects: Projects, project: Project, config: Config, publish: Publish): Promise<SitePlan> {
  const paths = (await projects.files(project)).map(({ path }) => path);
  const contents = new Map<string, string>();
  const pages: Manifest["pages"] = {};
  const linked = new Set<string>();
  const titles = new Map<string, string>();

  for (const path of paths.filter(isPublishablePage)) {
    const content = await readPublishable(projects, project, path);
    if (!content) continue;
    const source = content.toString("utf8");
    const title = titleOf(splitFrontMatter(source));
    if (title !== null) titles.set(path, title);
    for (const target of linkedPaths(path, source)) linked.add(target);
    const sha256 = hashOf(content);
    contents.set(sha256, path);
    pages[path] = { sha256, bytes: content.length, title };
  }

  const projectTitle = config.name ?? project.slug;
  const navOrder = config.nav?.order ?? [];
  const { conflicts } = layOutSite({ paths: Object.keys(pages), titles, projectTitle, navOrder });
  // A page that can't be reached must not be found by guessing its content's address either.
  for (const { file } of conflicts) delete pages[file];

  const assets: Manifest["assets"] = {};
  // File names on disk may be in another Unicode form than the link that names them.
  for (const path of paths.filter(
    (candidate) => linked.has(candidate.normalize("NFC")) && isServableAsset(candidate),
  )) {
    const content = await readPublishable(projects, project, path);
    if (!content) continue;
    const sha256 = hashOf(content);
    contents.set(sha256, path);
    assets[path.normalize("NFC")] = { sha256, bytes: content.length };
  }

  return {
    kind: "published",
    contents,
    manifest: {
      format: 1,
      projectId: project.id,
      user: publish.url.user,
      name: publish.url.name,
      title: projectTitle,
      // Nothing becomes public without saying so.
      visibility: publish.visibility ?? "private",
      navOrder,
      pages,
      assets,
    },
  };
}

/** The file's content; null if it went away meanwhile or is larger than a file may be. */
function readPublishable(projects: Projects, project: Project, path: string): Promise<Buffer | null> {
  return projects.read(project, path).catch((error: unknown) => {
    if (error instanceof Fault) return null;
    throw error;
  });
}

export function hashOf(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
