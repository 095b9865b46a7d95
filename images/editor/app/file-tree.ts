/** The project's files as its author sees them: in FSML order, numbers hidden, `_` items dimmed below a line. */
import { parseName } from "../../../shared/fsml/name.ts";
import { buildTree, type TreeNode, titleOf } from "../../../shared/fsml/tree.ts";
import { element } from "./element.ts";

export interface FileTreeInput {
  readonly paths: readonly string[];
  readonly current: string | null;
  readonly projectTitle: string;
  readonly hrefOf: (path: string) => string;
  readonly open: (path: string) => void;
}

export function fileTree(input: FileTreeInput): HTMLElement {
  const root = buildTree(input.paths);
  return element("nav", { class: "files", "aria-label": "Files" }, list(root.children, input));
}

function list(nodes: readonly TreeNode[], input: FileTreeInput): HTMLElement {
  const items = nodes.map((node, i) => {
    const isDimmed = node.name.startsWith("_");
    const opensDimmed = isDimmed && !nodes[i - 1]?.name.startsWith("_") && i > 0;
    const classes = [isDimmed ? "dimmed" : "", opensDimmed ? "separated" : ""].filter(Boolean).join(" ");
    return element(
      "li",
      { class: classes },
      node.kind === "folder" ? folder(node, input) : file(node.path, node, input),
    );
  });
  return element("ul", {}, ...items);
}

function folder(node: TreeNode & { kind: "folder" }, input: FileTreeInput): HTMLElement {
  const holdsCurrent = input.current?.startsWith(`${node.path}/`) ?? false;
  const open = holdsCurrent || !node.name.startsWith("_");
  return element(
    "details",
    { open },
    element("summary", { title: node.path }, titleOf(node, null, input.projectTitle)),
    list(node.children, input),
  );
}

function file(path: string, node: TreeNode, input: FileTreeInput): HTMLElement {
  const isPage = parseName(node.name, "file").isPage;
  const isText = isPage || /\.(md|txt|csv|json|ya?ml|py|r|jl|sh|js|ts|html|css|toml)$/i.test(path);
  const label = isPage && node.name.toLowerCase() !== "mrmd.md" ? titleOf(node, null, input.projectTitle) : node.name;
  if (!isText) return element("span", { class: "asset", title: path }, label);
  const link = element("a", { href: input.hrefOf(path), title: path }, label);
  if (path === input.current) link.setAttribute("aria-current", "page");
  link.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    input.open(path);
  });
  return link;
}
