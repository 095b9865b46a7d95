/** `/`: a person's projects, found, opened and begun, or the way in. Loaded for this page alone. */
import { editAddress } from "../address.ts";
import { type ListedProject, listProjects, type User } from "../api.ts";
import { element } from "../element.ts";
import { addStyle } from "../style.ts";
import { shortTimeOf } from "../time.ts";
import { topBar } from "../top-bar.ts";
import css from "./home.css" with { type: "text" };
import { newProject } from "./new-project.ts";

addStyle(css);

/** More of them are looked for by name. */
const SEEN_AT_ONCE = 8;

/** Throws ApiError if the projects can't be listed. */
export async function showHome(root: HTMLElement, user: User | null): Promise<void> {
  if (user) root.replaceChildren(topBar(user), await projectsOf(user));
  else root.replaceChildren(landing());
}

function landing(): HTMLElement {
  return element(
    "main",
    { class: "landing" },
    element("h1", {}, "markco"),
    element(
      "p",
      {},
      "A folder of markdown as a notebook that runs, a document you write together, and a published site.",
    ),
    element("a", { class: "button primary", href: "/auth/sign-in?return=/" }, "Sign in"),
  );
}

async function projectsOf(user: User): Promise<HTMLElement> {
  const projects = await listProjects();
  document.title = "Projects · markco";
  const isFirst = projects.length === 0;
  const begin = newProject(user, isFirst);
  return element(
    "main",
    { class: "projects" },
    element("div", { class: "title" }, element("h1", {}, "Projects"), begin.button),
    ...(isFirst
      ? [
          element(
            "p",
            {},
            "No projects yet. Begin one here, or bring a folder of markdown in with ",
            element("code", {}, "npx markco import DIR"),
            ".",
          ),
        ]
      : []),
    begin.form,
    ...(isFirst ? [] : listOf(projects)),
  );
}

function listOf(projects: readonly ListedProject[]): HTMLElement[] {
  const list = element("ul", { "aria-label": "Projects" });
  const rows = projects.map((project) => ({ words: wordsOf(project), row: rowOf(project) }));
  const count = element("p", { class: "hint", role: "status" });
  const filter = element("input", { type: "search", autocomplete: "off", spellcheck: "false", input: narrow });

  function narrow(): void {
    const wanted = filter.value.toLowerCase().split(/\s+/);
    const found = rows.filter(({ words }) => wanted.every((word) => words.includes(word)));
    list.replaceChildren(...found.map(({ row }) => row));
    if (filter.value.trim() === "") count.textContent = "";
    else count.textContent = found.length === 0 ? "No project is called so." : `${found.length} of ${rows.length}`;
  }

  narrow();
  if (projects.length <= SEEN_AT_ONCE) return [list];
  return [element("label", { class: "filter" }, "Find a project", filter), count, list];
}

function wordsOf({ slug, owner, site }: ListedProject): string {
  return [slug, `@${owner.handle}`, site?.title ?? ""].join("\n").toLowerCase();
}

function rowOf({ slug, owner, role, site, active }: ListedProject): HTMLElement {
  const row = element(
    "li",
    {},
    element("a", { class: "name", href: editAddress(owner.handle, slug, null) }, slug),
    element("span", { class: "hint" }, `@${owner.handle} · ${role} · active `, shortTimeOf(active)),
  );
  if (site?.published && site.url) {
    row.append(
      element(
        "span",
        { class: "site" },
        element("a", { href: `/${site.url}` }, `Live at /${site.url}`),
        ...(site.publishedAt ? [element("span", { class: "hint" }, " published ", shortTimeOf(site.publishedAt))] : []),
      ),
    );
  }
  return row;
}
