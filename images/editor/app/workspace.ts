/** A project in the browser: files on the left, and the document. */
import { layOutSite } from "../../../shared/fsml/site.ts";
import { may, type Role } from "../../../shared/roles.ts";
import { editAddress, type Place } from "./address.ts";
import { ApiError, type OpenProject, openProject, projectState, type User } from "./api.ts";
import type { SyncState } from "./connection.ts";
import { type DocumentView, openDocument } from "./document-view.ts";
import { element } from "./element.ts";
import { peopleElsewhere } from "./elsewhere.ts";
import { fileColumn } from "./files/column.ts";
import { isText } from "./files/tree.ts";
import { keysOf } from "./keys.ts";
import type { Command } from "./palette/palette.ts";
import { peopleHere } from "./people.ts";
import { roleNotice } from "./role-notice.ts";
import { runtimeStatus } from "./runtime-status.ts";
import { placeForSides, type Side } from "./side.ts";
import { type Desk, quietButton, type Tool, toolsOf } from "./tools.ts";
import { topBar } from "./top-bar.ts";

const STATES: Readonly<Record<SyncState, string>> = {
  connecting: "Connecting …",
  saving: "Saving …",
  saved: "Saved",
  offline: "Offline – edits are kept here and saved when the connection is back",
  gone: "This document is not there any more",
  too_large: "This document is too large for the editor",
  replaced: "This document was replaced on the server – reload to see it",
  refused: "Not saved – you may not write here any more",
};

/** How often the project's state is looked at while the page is visible. A move may be over in a second or two. */
const LOOK_MS = { usual: 3_000, moving: 500 } as const;

export async function showWorkspace(
  root: HTMLElement,
  user: User,
  { user: owner, slug, path, snapshot }: Extract<Place, { kind: "project" }>,
): Promise<void> {
  const project = await openProject(owner, slug).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  });
  if (!project) {
    root.replaceChildren(
      topBar(user),
      element(
        "main",
        { class: "notice" },
        element("h1", {}, "Not found"),
        element("p", {}, "There is no such project, or it is not shared with you."),
      ),
    );
    return;
  }
  const workspace = new Workspace(root, user, project);
  workspace.open(path);
  if (snapshot !== null) workspace.showSnapshot(snapshot);
}

function siteOf(project: OpenProject) {
  return layOutSite({ paths: project.files.map(({ path }) => path), titles: new Map(), projectTitle: project.slug });
}

function firstPage(project: OpenProject): string {
  return siteOf(project).lookup("")?.file ?? "mrmd.md";
}

interface Opening {
  /** In the browser's history: `same` is what was open before, by another name. */
  readonly step?: "forward" | "same" | "back";
  /** As DocumentView.cursor had it. */
  readonly cursor?: string | null;
}

class Workspace implements Desk {
  readonly #root: HTMLElement;
  readonly user: User;
  readonly source = element(
    "button",
    {
      type: "button",
      class: "quiet",
      "aria-pressed": "false",
      title: "Show the markdown (Ctrl-Shift-V)",
      click: () => this.#toggleSource(),
    },
    "Source",
  );
  #project: OpenProject;
  #view: DocumentView | null = null;
  #path = "";
  #isSource = false;
  readonly #tools: readonly Tool[];
  readonly #state = element("span", { class: "sync", role: "status" });
  readonly #people = peopleHere((client) => this.#view?.follow(client));
  readonly #runtime = element("span", { class: "runtime", role: "status", "aria-label": "Runtime" });
  readonly #live = element("span", { class: "live" });
  readonly #roleNotice = roleNotice();
  /** What the person may do now. The page's tools are those of the role that it was opened with. */
  #role: Role | null;
  readonly #problem = element("p", { class: "problem", role: "alert", hidden: true });
  readonly #editor = element("section", { class: "editor", "aria-label": "Document" });
  readonly files = fileColumn(
    (path) => this.open(path),
    () => this.refresh(),
  );

  constructor(root: HTMLElement, user: User, project: OpenProject) {
    this.#root = root;
    this.user = user;
    this.#project = project;
    this.#role = project.role;
    this.#tools = toolsOf(this);
    this.#layOut();
    void import("./drop-files.ts").then(({ takeDrops }) => takeDrops(this, root)).catch(() => {});
    this.#drawRuntime();
    window.addEventListener("popstate", () =>
      this.open(decodeURIComponent(location.pathname.split("/").slice(4).join("/")) || null, { step: "back" }),
    );
    // Before the editor: to it, Ctrl-K deletes a line's end on some systems.
    window.addEventListener("keydown", (event) => this.#takeKey(event), { capture: true });
    window.addEventListener("beforeunload", (event) => {
      if (this.#view?.unsaved()) event.preventDefault();
    });
    this.#lookLater();
  }

  get project(): OpenProject {
    return this.#project;
  }

  get path(): string {
    return this.#path;
  }

  get view(): DocumentView | null {
    return this.#view;
  }

  #takeKey(event: KeyboardEvent): void {
    const keys = keysOf(event);
    if (keys === null) return;
    const command = this.#toolCommands().find((each) => each.anywhere && each.keys === keys);
    const isTyped = event.target instanceof Element && event.target.closest(".xterm") !== null;
    if (isTyped && command?.anywhere !== "in terminals, too") return;
    const act = keys === "Ctrl-K" ? () => this.#showCommands() : command?.act;
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  #lookLater(): void {
    const { runtime } = this.#project;
    const isMoving = runtime !== null && (runtime.move !== null || runtime.held.length > 0);
    setTimeout(
      async () => {
        if (document.visibilityState === "visible") await this.refresh().catch(() => {});
        this.#lookLater();
      },
      isMoving ? LOOK_MS.moving : LOOK_MS.usual,
    );
  }

  open(wanted: string | null, { step = "forward", cursor = null }: Opening = {}): void {
    const path = wanted ?? firstPage(this.#project);
    if (path === this.#path) return;
    this.#path = path;
    document.body.removeAttribute("data-files-shown");
    const { owner, slug, projectId, role } = this.#project;
    const address = editAddress(owner.handle, slug, path);
    if (step === "same") history.replaceState(null, "", address);
    else if (step === "forward" && location.pathname !== address) history.pushState(null, "", address);
    document.title = `${path} · ${slug}`;
    this.#view?.close();
    this.#editor.replaceChildren();
    this.say(null);
    this.#view = openDocument({
      projectId,
      surroundings: this.#surroundings(),
      role,
      user: this.user,
      parent: this.#editor,
      onState: (state) => {
        // Perhaps the connection was closed because the project is not shared any more.
        const isCutOff = state === "offline" && this.#state.dataset.state !== state;
        this.#state.textContent = this.#role === null ? "" : STATES[state];
        this.#state.dataset.state = state;
        if (isCutOff) void this.refresh().catch(() => {});
      },
      onGreeting: ({ canWrite, canRun }) => {
        if (canWrite !== may(this.#role, "write") || canRun !== may(this.#role, "run"))
          void this.refresh().catch(() => {});
      },
      onMoved: (now) => void this.#follow(now),
      cursor,
      onPeople: this.#people.show,
      onProblem: (message) => this.say(message),
      onReplaced: () => {
        this.#path = "";
        this.open(path, { step: "same" });
        this.say(
          "This document was replaced on the server. You see the new one, with what you wrote if it could be put there.",
        );
      },
    });
    this.#view.showSource(this.#isSource);
    for (const side of this.#sides()) side.show(this.#view.open);
    this.#drawFiles();
  }

  /** The document that is open stands there now. */
  async #follow(path: string): Promise<void> {
    const cursor = this.#view?.cursor() ?? null;
    // Its files are drawn anew in a moment, if not now.
    await this.refresh().catch(() => {});
    this.open(path, { step: "same", cursor });
  }

  #surroundings() {
    const { projectId, owner, slug, files } = this.#project;
    return { projectId, owner: owner.handle, slug, path: this.#path, paths: files.map(({ path }) => path) };
  }

  #layOut(): void {
    const { owner, slug, projectId } = this.#project;
    const place = element(
      "span",
      { class: "place" },
      // Only where the screen is too narrow to show the files beside the document.
      element("button", { type: "button", class: "files-toggle", click: () => this.#toggleFiles() }, "Files"),
      element("strong", {}, `@${owner.handle}/${slug}`),
      this.#state,
      this.#people.holder,
      peopleElsewhere({
        projectId,
        handle: this.user.handle,
        here: () => this.#path,
        open: (path) => this.open(path),
      }),
      this.#live,
      this.#runtime,
    );
    const tools = element(
      "section",
      { class: "tools", "aria-label": "Tools" },
      ...this.#tools.flatMap(({ shown }) => shown),
      quietButton("Commands", "All that can be done here (Ctrl-K)", () => this.#showCommands()),
    );
    this.#root.replaceChildren(
      topBar(this.user, place),
      tools,
      this.#roleNotice.holder,
      this.#problem,
      element(
        "div",
        { class: "workspace" },
        this.files.holder,
        element("main", {}, this.#editor),
        placeForSides(this.#sides()),
      ),
      ...this.#tools.flatMap(({ below }) => below ?? []),
    );
    this.#drawLive();
  }

  #sides(): Side[] {
    return this.#tools.flatMap(({ side }) => side ?? []);
  }

  /** What the person may do here. */
  #toolCommands(): Command[] {
    return this.#tools.flatMap(({ commands }) => commands);
  }

  /** That, and where they can go. */
  #commands(): Command[] {
    const { files } = this.#project;
    const titles = new Map(siteOf(this.#project).pages.map(({ file, title }) => [file, title]));
    return [
      ...this.#toolCommands(),
      ...files
        .filter(({ path }) => isText(path) && !/(?:^|\/)_assets\/generated\//.test(path))
        .map(({ path }) => ({ name: `Open ${titles.get(path) ?? path}`, act: () => this.open(path) })),
    ];
  }

  #showCommands(): void {
    import("./palette/palette.ts").then(
      ({ openPalette }) => openPalette(this.#commands()),
      () => this.say("The commands can't be shown: the platform does not answer."),
    );
  }

  /** A link has led here. */
  showSnapshot(id: string): void {
    const show = this.#tools.flatMap(({ showSnapshot }) => showSnapshot ?? [])[0];
    if (show) show(id);
    else this.say("The link leads to a snapshot, which is for who may run cells.");
  }

  #drawFiles(): void {
    const { projectId, owner, slug, files, role } = this.#project;
    this.files.draw({
      projectId,
      paths: files.map(({ path }) => path),
      current: this.#path,
      projectTitle: slug,
      canWrite: may(role, "write"),
      hrefOf: (path) => editAddress(owner.handle, slug, path),
    });
  }

  #toggleFiles(): void {
    document.body.toggleAttribute("data-files-shown");
  }

  #drawLive(): void {
    import("./live-site.ts").then(
      ({ showLiveSite }) => showLiveSite(this.#live, this.#project.site),
      () => {},
    );
  }

  async refresh(): Promise<void> {
    const before = this.#project;
    const now = await projectState(before.projectId).catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    });
    this.#takeRole(now?.role ?? null);
    if (!now) return;
    this.#project = { ...now, role: before.role };
    this.#drawRuntime();
    if (JSON.stringify(before.site) !== JSON.stringify(this.#project.site)) this.#drawLive();
    const names = (project: OpenProject) => project.files.map(({ path }) => path).join("\n");
    if (names(before) === names(this.#project)) return;
    this.#drawFiles();
    this.#view?.setSurroundings(this.#surroundings());
  }

  #takeRole(role: Role | null): void {
    if (role === this.#role) return;
    this.#role = role;
    this.#view?.allowWriting(may(role, "write"));
    if (role === null) this.#state.textContent = "";
    this.#roleNotice.show(this.#project.role, role);
    // Nor does the browser keep what it had of the project.
    if (role === null)
      import("./kept/person.ts").then(({ keepOnlyShared }) => keepOnlyShared(this.user)).catch(() => {});
  }

  #drawRuntime(): void {
    const { text, title } = runtimeStatus(this.#project.runtime);
    if (this.#runtime.textContent !== text) this.#runtime.textContent = text;
    this.#runtime.title = title;
  }

  #toggleSource(): void {
    this.#isSource = !this.#isSource;
    this.source.setAttribute("aria-pressed", String(this.#isSource));
    this.#view?.showSource(this.#isSource);
  }

  say(message: string | null): void {
    this.#problem.hidden = message === null;
    this.#problem.textContent = message ?? "";
  }
}
