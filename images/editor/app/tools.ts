/** The tools of a project's page, each with its commands: what stands in the line of tools, and what the palette lists. */
import { type Action, may } from "../../../shared/roles.ts";
import { snapshotAddress } from "./address.ts";
import type { OpenProject, User } from "./api.ts";
import { cellsTool } from "./cells/tool.ts";
import { commentSide } from "./comments/side.ts";
import type { DocumentView } from "./document-view.ts";
import { element } from "./element.ts";
import type { FileColumn } from "./files/column.ts";
import type { OpenDocument } from "./open-document.ts";
import type { Command } from "./palette/palette.ts";
import { panel } from "./panel.ts";
import { search } from "./project-search/tool.ts";
import { sandboxIndicator } from "./sandboxes.ts";
import { type Side, side } from "./side.ts";
import { terminal } from "./terminal/tool.ts";

/** What the tools work on. */
export interface Desk {
  readonly user: User;
  /** As it was looked at last. Its role is the one that the page was opened with. */
  readonly project: OpenProject;
  /** Of the document that is open. */
  readonly path: string;
  readonly view: DocumentView | null;
  /** The column of files. */
  readonly files: FileColumn;
  /** Shows or hides the document's source. */
  readonly source: HTMLElement;
  /** Null is the document that the project begins with. */
  open(path: string | null): void;
  /** Looks at the project now. */
  refresh(): Promise<void>;
  /** Tells the person what went wrong; null takes it back. */
  say(message: string | null): void;
}

export interface Tool {
  /** What stands in the line of tools. */
  readonly shown: readonly HTMLElement[];
  readonly commands: readonly Command[];
  /** What it shows beside the document. */
  readonly side?: Side;
  /** Shows the snapshot that a link leads to. */
  readonly showSnapshot?: (id: string) => void;
  /** What it shows below it, across the page. */
  readonly below?: HTMLElement;
}

/** In the order of the line, each with what one must be allowed to do: for who may not, it is not even made. */
const ALL: readonly (readonly [Action, (desk: Desk) => Tool])[] = [
  ["read", cellsTool],
  ["run", snapshots],
  ["run", variables],
  ["run", terminal],
  ["read", comments],
  ["read", outline],
  ["read", search],
  ["read", find],
  ["read", history],
  ["read", files],
  ["write", tables],
  ["publish", publish],
  ["read", share],
  ["read", source],
];

export function toolsOf(desk: Desk): Tool[] {
  return ALL.filter(([needs]) => may(desk.project.role, needs)).map(([, make]) => make(desk));
}

export function quietButton(label: string, title: string, act: () => void): HTMLButtonElement {
  return element("button", { type: "button", class: "quiet", title, click: act }, label);
}

function snapshots(desk: Desk): Tool {
  const { projectId, role, owner, slug } = desk.project;
  let wanted: string | null = null;
  const { holder, button } = panel("Snapshots", async () => {
    const { snapshotPanel } = await import("./snapshot-panel.ts");
    const input = {
      projectId,
      role,
      user: desk.user,
      addressOf: (id: string) => snapshotAddress(owner.handle, slug, id),
      wanted,
      onRestored: () => void desk.refresh().catch(() => {}),
    };
    wanted = null;
    return snapshotPanel(input);
  });
  return {
    shown: [holder, sandboxIndicator(projectId)],
    commands: [{ name: "Snapshots of the runtime", act: () => button.click() }],
    showSnapshot(id) {
      wanted = id;
      button.click();
    },
  };
}

function variables(desk: Desk): Tool {
  const load = async () => {
    const { variablePanel } = await import("./variables/panel.ts");
    return (open: OpenDocument) => variablePanel(open, () => desk.project.runtime);
  };
  return beside("Variables", side({ label: "Variables", load }), "Ctrl-Shift-Y");
}

function comments({ user, project }: Desk): Tool {
  return beside("Comments", commentSide(user, project.role));
}

function outline(): Tool {
  const load = async () => (await import("./outline/panel.ts")).outlinePanel;
  return beside("Outline", side({ label: "Outline", load }), "Ctrl-Shift-O");
}

function find(desk: Desk): Tool {
  function act(): void {
    const editor = desk.view?.open.editor;
    if (!editor) return;
    // What it does to the text that is open comes behind that, too (document-view.ts).
    import("./search.ts").then(
      ({ openSearch }) => openSearch(editor),
      () => desk.say("The search can't be shown: the platform does not answer."),
    );
  }
  return { shown: [], commands: [{ name: "Find and replace in this document", keys: "Ctrl-F", act }] };
}

/**
 * @param name of the command that shows it
 * @param keys that do so wherever the focus is
 */
function beside(name: string, side: Side, keys?: string): Tool {
  const act = () => void side.enter();
  return { shown: [side.button], commands: [keys ? { name, keys, anywhere: true, act } : { name, act }], side };
}

function history(desk: Desk): Tool {
  function show(): void {
    const open = desk.view?.open;
    if (!open) return;
    import("./history/dialog.ts").then(
      ({ openHistory }) => openHistory(open),
      () => desk.say("The history can't be shown: the platform does not answer."),
    );
  }
  return {
    shown: [quietButton("History", "What this document was, and who changed it", show)],
    commands: [{ name: "History of this document", act: show }],
  };
}

function files(desk: Desk): Tool {
  const { holder, button } = panel("File", async () => (await import("./files/panel.ts")).filePanel(desk));
  const ways = async (act: (ways: typeof import("./transfer/ways.ts")) => void) =>
    import("./transfer/ways.ts").then(act, () => desk.say("The platform does not answer."));
  const act = (what: "rename" | "moveUp" | "moveDown") => () =>
    desk.files.actions().then(
      (actions) => actions[what](desk.path),
      () => desk.say("That can't be done: the platform does not answer."),
    );
  const writing: Command[] = [
    { name: "New, copied and deleted files", act: () => button.click() },
    { name: "Rename this document", act: act("rename") },
    { name: "Move this document up", act: act("moveUp") },
    { name: "Move this document down", act: act("moveDown") },
    { name: "Upload files", act: () => ways(({ bringIn }) => bringIn(desk, "files")) },
    { name: "Upload a folder", act: () => ways(({ bringIn }) => bringIn(desk, "folder")) },
  ];
  return {
    shown: [holder],
    commands: [
      ...(may(desk.project.role, "write") ? writing : []),
      { name: "Download this document", act: () => ways(({ takeFile }) => takeFile(desk)) },
      { name: "Download the project as zip", act: () => ways(({ takeZip }) => takeZip(desk, "")) },
    ],
  };
}

function tables(desk: Desk): Tool {
  const insert = () =>
    import("./tables/insert.ts").then(
      ({ insertTable }) => desk.view && insertTable(desk.view.open.editor),
      () => desk.say("A table can't be made: the platform does not answer."),
    );
  return { shown: [], commands: [{ name: "Insert a table", act: insert }] };
}

function publish(desk: Desk): Tool {
  const { holder, button } = panel("Publish", async () => {
    const { sitePanel } = await import("./site-panel.ts");
    return sitePanel(desk.project, () => void desk.refresh().catch(() => {}));
  });
  return { shown: [holder], commands: [{ name: "Publish the site", act: () => button.click() }] };
}

function share(desk: Desk): Tool {
  const { projectId, role, slug } = desk.project;
  const { holder, button } = panel("Share", async () => {
    const { sharePanel } = await import("./share-panel.ts");
    return sharePanel({ projectId, role, user: desk.user, onLeft: () => location.assign("/") });
  });
  return { shown: [holder], commands: [{ name: `Share ${slug}`, act: () => button.click() }] };
}

function source({ source }: Desk): Tool {
  return {
    shown: [source],
    commands: [{ name: "Source of this document", keys: "Ctrl-Shift-V", anywhere: true, act: () => source.click() }],
  };
}
