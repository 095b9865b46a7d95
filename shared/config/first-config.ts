/** The `mrmd.md` of a project that begins: a new one, or a folder that had none. */
import { parseName, titleOfSlug } from "../fsml/name.ts";
import { isPublishablePage } from "../fsml/path.ts";

/**
 * @param title one line
 * @param site `user/name` of its site
 * @param paths its files
 */
export function firstConfig(title: string, site: string, paths: readonly string[]): string {
  const front = frontPage(paths);
  return `# ${title}

\`\`\`yaml config
name: ${JSON.stringify(title)}
${front === null ? "" : `nav: { order: [${JSON.stringify(front)}] }\n`}publish:
  url: "@${site}"
  visibility: "private"   # for members; "unlisted": for who knows the address; "public": for everybody
\`\`\`
`;
}

/** A folder's name as a project's title. */
export function titleOfFolder(folder: string): string {
  return titleOfSlug(parseName(folder, "folder").slug);
}

/** Folders made for other tools open with their README. With an index or numbers the author has said otherwise. */
function frontPage(paths: readonly string[]): string | null {
  const pages = paths
    .filter((path) => !path.includes("/") && isPublishablePage(path))
    .map((path) => parseName(path, "file"));
  const isOrdered = pages.some(({ order, slug }) => order !== null || slug.toLowerCase() === "index");
  return isOrdered ? null : (pages.find(({ slug }) => slug.toLowerCase() === "readme")?.slug ?? null);
}
