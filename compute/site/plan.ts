/** What a project's site consists of at this moment, read from its files. */
import { type Config, describeProblem } from "../../shared/config/config.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import { isPublishablePage, isServableAsset } from "../../shared/fsml/path.ts";
import { layOutSite } from "../../shared/fsml/site.ts";
import type { Manifest } from "../../shared/site/manifest.ts";
import { listFiles } from "../projects/folders.ts";
import type { Project, Projects } from "../projects/projects.ts";
import { sizeOfImage } from "./image-size.ts";
import { pageFacts } from "./page-facts.ts";
import { searchParts } from "./search-index.ts";
import { hashOf, SiteMemory } from "./site-memory.ts";

export type SitePlan =
  | { readonly kind: "problem"; readonly problem: string }
  | { readonly kind: "unpublished" }
  | {
      readonly kind: "published";
      readonly manifest: PlannedManifest;
      /** Content hash → project path to upload from, or the content itself of what was made. */
      readonly contents: ReadonlyMap<string, string | Buffer<ArrayBuffer>>;
      /** What the author is told of pages that no reader gets. */
      readonly unreachable: readonly string[];
    };

/** All of a manifest that follows from the project's files alone; the rest follows from what was live before. */
export type PlannedManifest = Omit<Manifest, "version" | "publishedAt" | "redirects" | "pages"> & {
  readonly pages: Readonly<Record<string, Omit<Manifest["pages"][string], "changed">>>;
};

type Publish = NonNullable<Config["publish"]>;

/** @param memory what is known of the project's files from the last time */
export async function planSite(projects: Projects, project: Project, memory = new SiteMemory()): Promise<SitePlan> {
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
  return readSite(projects, project, config, config.publish, memory);
}

async function readSite(
  projects: Projects,
  project: Project,
  config: Config,
  publish: Publish,
  memory: SiteMemory,
): Promise<SitePlan> {
  const root = projects.root(project);
  const paths = await listFiles(root);
  const read = (path: string) => readPublishable(projects, project, path);
  const contents = new Map<string, string | Buffer<ArrayBuffer>>();

  const pages = new Map(
    (
      await memory.pages.of(root, paths.filter(isPublishablePage), read, (path, content) =>
        pageFacts(path, content.toString("utf8")),
      )
    ).map((page) => [page.path, page]),
  );
  const titles = new Map<string, string>();
  for (const [path, { facts }] of pages) if (facts.title !== null) titles.set(path, facts.title);
  const projectTitle = config.name ?? project.slug;
  const navOrder = config.nav?.order ?? [];
  const site = layOutSite({ paths: pages.keys(), titles, projectTitle, navOrder });
  // A page that can't be reached must not be found by guessing its content's address either.
  for (const { file } of site.conflicts) pages.delete(file);

  const linked = new Set<string>();
  for (const { facts } of pages.values()) for (const target of facts.links) linked.add(target);
  // File names on disk may be in another Unicode form than the link that names them.
  const isShown = (path: string) => linked.has(path.normalize("NFC")) && isServableAsset(path);
  const assets = await memory.assets.of(root, paths.filter(isShown), read, sizeOfImage);

  for (const { sha256, path } of [...pages.values(), ...assets]) contents.set(sha256, path);
  const stored = (part: Buffer<ArrayBuffer>) => {
    const sha256 = hashOf(part);
    contents.set(sha256, part);
    return { sha256, bytes: part.length };
  };
  const index = searchParts(site.pages, (file) => pages.get(file)?.facts);
  const search = { titles: index.titles.map(stored), texts: index.texts.map(stored) };

  return {
    kind: "published",
    contents,
    unreachable: site.conflicts.map(({ file, wins }) => `${file}: ${wins} has its address; rename one of them`),
    manifest: {
      format: 1,
      projectId: project.id,
      user: publish.url.user,
      name: publish.url.name,
      title: projectTitle,
      // Nothing becomes public without saying so.
      visibility: publish.visibility ?? "private",
      domain: publish.domain ?? null,
      navOrder,
      pages: Object.fromEntries(
        [...pages].map(([path, { sha256, bytes, facts }]) => [
          path,
          { sha256, bytes, title: facts.title, ...(facts.date === null ? {} : { date: facts.date }) },
        ]),
      ),
      assets: Object.fromEntries(
        assets.map(({ path, sha256, bytes, facts }) => [path.normalize("NFC"), { sha256, bytes, ...facts }]),
      ),
      search,
    },
  };
}

/** The file's content; null if it went away meanwhile or is larger than a file may be. */
function readPublishable(projects: Projects, project: Project, path: string): Promise<Buffer<ArrayBuffer> | null> {
  return projects.read(project, path).catch((error: unknown) => {
    if (error instanceof Fault) return null;
    throw error;
  });
}
