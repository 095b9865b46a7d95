/** How the project's site stands, and publishing it now. Loaded when it is first asked for. */
import { SiteState } from "../../../shared/daemon/contract.ts";
import { type OpenProject, request } from "./api.ts";
import { element } from "./element.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { timeOf } from "./time.ts";

const READERS = {
  public: "for everybody",
  unlisted: "for who knows the address",
  private: "for members of this project",
} as const;

/** @param onPublished readers may have something new */
export function sitePanel(project: OpenProject, onPublished: () => void): HTMLElement {
  const { projectId, owner, slug } = project;
  const state = element("div");
  const { status, problem, attempt } = oneAtATime();
  let site = project.site;

  function publish(): void {
    let said = "";
    void attempt(
      "Publishing …",
      () => said,
      async () => {
        const answer = await request(`/api/projects/${projectId}/publish`, { method: "POST" });
        const next = SiteState.parse(await answer.json());
        said = next.version === site.version ? "Readers have the newest already." : `Version ${next.version} is live.`;
        site = next;
        draw();
        onPublished();
      },
    );
  }

  function draw(): void {
    state.replaceChildren(
      ...(site.published && site.url ? live(site, site.url) : unpublished(`@${owner.handle}/${slug}`)),
      ...(site.problem === null
        ? []
        : [element("p", { class: "why-not" }, `The newest state is not published: ${site.problem}`)]),
      ...(site.unreachable.length === 0
        ? []
        : [
            element("h3", {}, "Pages that nobody is shown"),
            element("ul", {}, ...site.unreachable.map((line) => element("li", {}, line))),
          ]),
    );
  }

  draw();
  return element(
    "div",
    {},
    element("h2", {}, "Publish"),
    state,
    element("p", { class: "hint" }, "What is saved is published by itself, after a moment."),
    element("p", {}, element("button", { type: "button", click: publish }, "Publish now")),
    status,
    problem,
  );
}

function live({ visibility, pages, publishedAt }: SiteState, url: string): HTMLElement[] {
  const facts = [
    ...(visibility === null ? [] : [READERS[visibility]]),
    pages === 1 ? "1 page" : `${pages} pages`,
    ...(publishedAt === null ? [] : [timeOf(publishedAt)]),
  ];
  return [
    element("p", {}, "Live at ", element("a", { href: `/${url}`, target: "_blank" }, `/${url}`)),
    element("p", { class: "hint" }, ...facts.flatMap((fact, i) => (i === 0 ? [fact] : [" · ", fact]))),
  ];
}

function unpublished(url: string): HTMLElement[] {
  const block = `\`\`\`yaml config\npublish:\n  url: "${url}"\n  visibility: "private"\n\`\`\``;
  return [
    element("p", {}, "Not published. The project is a site while this stands in its mrmd.md:"),
    element("pre", { tabindex: "0" }, block),
    element(
      "p",
      { class: "hint" },
      "“private” is for members, “unlisted” for who knows the address, “public” for everybody.",
    ),
  ];
}
