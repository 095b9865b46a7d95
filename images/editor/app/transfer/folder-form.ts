/** What a person can bring into a folder of the project, or take out of it as a whole. */
import { folderOf } from "../../../../shared/fsml/moves.ts";
import { may } from "../../../../shared/roles.ts";
import { element } from "../element.ts";
import type { Desk } from "../tools.ts";
import { bringIn, takeZip } from "./ways.ts";

export function folderForm(desk: Desk): HTMLElement {
  const folders = foldersOf(desk.project.files.map(({ path }) => path));
  const options = folders.map((path) => element("option", { value: path }, path));
  const select = element("select", {}, element("option", { value: "" }, "The whole project"), ...options);
  select.value = folderOf(desk.path);
  const button = (label: string, act: () => void) => element("button", { type: "button", click: act }, label);
  const uploads = [
    button("Upload files …", () => void bringIn(desk, "files", select.value)),
    button("Upload a folder …", () => void bringIn(desk, "folder", select.value)),
  ];
  return element(
    "div",
    { class: "folder" },
    element("p", { class: "save" }, element("label", {}, "Folder", select)),
    element(
      "p",
      { class: "actions" },
      ...(may(desk.project.role, "write") ? uploads : []),
      button("Download as zip", () => takeZip(desk, select.value)),
    ),
  );
}

function foldersOf(paths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of paths) for (let at = folderOf(path); at !== ""; at = folderOf(at)) folders.add(at);
  return [...folders].sort();
}
