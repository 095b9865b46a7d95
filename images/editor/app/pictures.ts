/** Pictures that are pasted or dropped into the text. Loaded when the document is open. */
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { Placed } from "../../../shared/editor/files.ts";
import { PICTURES } from "../../../shared/editor/pictures.ts";
import { relativeLink } from "../../../shared/fsml/path.ts";
import { request } from "./api.ts";

export interface PicturesInput {
  readonly projectId: string;
  /** Of the document. */
  readonly path: string;
  /** Does what the person asked for, and tells them if it can't be done. */
  readonly attempt: (act: () => Promise<void>, otherwise: string) => void;
}

export function pictures({ projectId, path, attempt }: PicturesInput): Extension {
  function take(files: FileList | undefined, view: EditorView, at: number | null): boolean {
    const found = [...(files ?? [])].filter(({ type }) => PICTURES.has(type));
    if (found.length === 0 || view.state.readOnly) return false;
    if (at !== null) view.dispatch({ selection: { anchor: at } });
    attempt(async () => {
      for (const file of found) insert(view, file, await keep(file));
    }, "The picture could not be kept.");
    return true;
  }

  async function keep(file: File): Promise<string> {
    const address = `/api/projects/${projectId}/editor/picture`;
    const answer = await request(address, { method: "PUT", headers: { "content-type": file.type }, body: file });
    return relativeLink(path, Placed.parse(await answer.json()).path);
  }

  return EditorView.domEventHandlers({
    paste: ({ clipboardData }, view) => take(clipboardData?.files, view, null),
    drop: ({ dataTransfer, clientX: x, clientY: y }, view) =>
      take(dataTransfer?.files, view, view.posAtCoords({ x, y })),
  });
}

/** Where the cursor is by then: the text around it may have changed. */
function insert(view: EditorView, { name }: File, link: string): void {
  const image = `![${wordsOf(name)}](${link})`;
  view.dispatch(view.state.replaceSelection(image), { userEvent: "input.paste", scrollIntoView: true });
}

/** A file's name says something of it; the one that browsers give to what is pasted does not. */
function wordsOf(name: string): string {
  const words = name.replace(/\.[^.]*$/, "").replace(/[[\]\\]/g, "");
  return words === "image" ? "" : words;
}
