/** The `mrmd.md` that `markco import --init` writes for a folder that has none. */
import { parseName, titleOfSlug } from "../../shared/fsml/name.ts";
import { isPublishablePage } from "../../shared/fsml/path.ts";

/**
 * @param folder the folder's name
 * @param site `user/name` of its site
 * @param paths its files
 */
export function firstConfig(folder: string, site: string, paths: readonly string[]): string {
  const title = titleOfSlug(parseName(folder, "folder").slug);
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

/** Folders made for other tools open with their README. With an index or numbers the author has said otherwise. */
function frontPage(paths: readonly string[]): string | null {
  const pages = paths
    .filter((path) => !path.includes("/") && isPublishablePage(path))
    .map((path) => parseName(path, "file"));
  const isOrdered = pages.some(({ order, slug }) => order !== null || slug.toLowerCase() === "index");
  return isOrdered ? null : (pages.find(({ slug }) => slug.toLowerCase() === "readme")?.slug ?? null);
}
