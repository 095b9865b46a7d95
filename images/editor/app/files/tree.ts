/** The project's files as its author sees them: in FSML order, numbers hidden, `_` items dimmed below a line. */
import { buildTree, type TreeNode, titleOf } from "../../../../shared/fsml/tree.ts";
import { element } from "../element.ts";

export interface FileTreeInput {
  readonly paths: readonly string[];
  readonly current: string | null;
  readonly projectTitle: string;
  /** Whether the person may move, rename and delete. */
  readonly canWrite: boolean;
  /** Folders that the person has closed or opened, against what is usual. */
  readonly toggled: ReadonlyMap<string, boolean>;
  readonly hrefOf: (path: string) => string;
}

/** Each item carries its path (`data-path`) and what it is (`data-kind`). */
export function fileTree(input: FileTreeInput): HTMLElement {
  return list(buildTree(input.paths).children, input);
}

function list(nodes: readonly TreeNode[], input: FileTreeInput): HTMLElement {
  const items = nodes.map((node, i) => {
    const isDimmed = node.name.startsWith("_");
    const opensDimmed = isDimmed && !nodes[i - 1]?.name.startsWith("_") && i > 0;
    const classes = [isDimmed ? "dimmed" : "", opensDimmed ? "separated" : ""].filter(Boolean).join(" ");
    const label = labelOf(node, input);
    const item = element(
      "li",
      { class: classes, "data-path": node.path, "data-kind": node.kind },
      node.kind === "folder" ? folder(node, label, input) : file(node.path, label, input),
    );
    if (input.canWrite && node.name.toLowerCase() !== "mrmd.md")
      item.append(element("button", { type: "button", class: "more", "aria-label": `Actions for ${label}` }, "⋯"));
    return item;
  });
  return element("ul", {}, ...items);
}

function labelOf(node: TreeNode, { projectTitle }: FileTreeInput): string {
  const isTitled = node.kind === "folder" || (node.isPage && node.name.toLowerCase() !== "mrmd.md");
  return isTitled ? titleOf(node, null, projectTitle) : node.name;
}

function folder(node: TreeNode & { kind: "folder" }, label: string, input: FileTreeInput): HTMLElement {
  const holdsCurrent = input.current?.startsWith(`${node.path}/`) ?? false;
  const isUsuallyOpen = holdsCurrent || !node.name.startsWith("_");
  return element(
    "details",
    { open: input.toggled.get(node.path) ?? isUsuallyOpen },
    element("summary", { title: node.path }, label),
    list(node.children, input),
  );
}

function file(path: string, label: string, { current, hrefOf }: FileTreeInput): HTMLElement {
  if (!isText(path)) return element("span", { class: "asset", title: path }, label);
  const link = element("a", { href: hrefOf(path), title: path }, label);
  if (path === current) link.setAttribute("aria-current", "page");
  return link;
}

/** Other files are not opened here. */
export const isText = (path: string) => TEXT.test(path);

const TEXT = /\.(q?md|txt|csv|json|ya?ml|py|r|jl|sh|js|ts|html|css|toml)$/i;
