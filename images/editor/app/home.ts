/** `/`: a person's projects, or the way in. */

import { editAddress } from "./address.ts";
import { type ListedProject, listProjects, type User } from "./api.ts";
import { element } from "./element.ts";

export async function showHome(root: HTMLElement, user: User | null): Promise<void> {
  if (!user) {
    root.replaceChildren(
      element(
        "main",
        { class: "landing" },
        element("h1", {}, "markco"),
        element(
          "p",
          {},
          "A folder of markdown as a notebook that runs, a document you write together, and a published site.",
        ),
        element("a", { class: "button primary", href: "/auth/sign-in?return=/" }, "Sign in"),
      ),
    );
    return;
  }
  const projects = await listProjects();
  root.replaceChildren(
    topBar(user),
    element(
      "main",
      { class: "projects" },
      element("h1", {}, "Projects"),
      projects.length === 0
        ? element(
            "p",
            { class: "hint" },
            "No projects yet. Bring one in with ",
            element("code", {}, "npx markco import DIR"),
            ".",
          )
        : element("ul", {}, ...projects.map(projectRow)),
    ),
  );
}

function projectRow({ slug, owner, role, site }: ListedProject): HTMLElement {
  const row = element(
    "li",
    {},
    element("a", { class: "name", href: editAddress(owner.handle, slug, null) }, slug),
    element("span", { class: "hint" }, `@${owner.handle} · ${role}`),
  );
  if (site?.published && site.url)
    row.append(element("a", { class: "live", href: `/${site.url}` }, `Live at /${site.url}`));
  return row;
}

export function topBar(user: User, ...middle: readonly Node[]): HTMLElement {
  return element(
    "header",
    { class: "top" },
    element("a", { class: "brand", href: "/" }, "markco"),
    ...middle,
    element(
      "form",
      { method: "post", action: "/auth/sign-out", class: "person" },
      element("span", { class: "hint" }, `@${user.handle}`),
      element("button", { type: "submit", class: "quiet" }, "Sign out"),
    ),
  );
}
