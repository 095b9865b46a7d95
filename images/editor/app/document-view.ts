/** The editor of one document: markdown source, shared typing, run buttons, pictures. */
import { defaultKeymap, indentWithTab } from "@codemirror/commands";
import { markdown, markdownLanguage } from "@codemirror/lang-markdown";
import { bracketMatching, defaultHighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { yCollab, yUndoManagerKeymap } from "y-codemirror.next";
import { UndoManager } from "yjs";
import { may, type Role } from "../../../shared/roles.ts";
import { ApiError, fileUrl, type User } from "./api.ts";
import { cellAt, cellGutter, setCellStates } from "./cell-gutter.ts";
import { cellShading } from "./cell-shading.ts";
import type { SyncState } from "./connection.ts";
import { inputPrompts, setInputPrompts } from "./input-prompts.ts";
import { fenceLanguages } from "./languages.ts";
import { pictures } from "./pictures.ts";
import { type AskedInput, answerInput, askedInputs, cellStates, interruptRun, startRun } from "./run.ts";
import { openShared } from "./sync.ts";
import { webAppLinks } from "./web-app-links.ts";

export interface DocumentViewInput {
  readonly projectId: string;
  readonly path: string;
  readonly role: Role;
  readonly user: User;
  readonly parent: HTMLElement;
  readonly onState: (state: SyncState) => void;
  readonly onPeople: (people: readonly { name: string; color: string }[]) => void;
  /** Called with the text after each change, a moment later. */
  readonly onText: (text: string) => void;
  readonly onProblem: (message: string) => void;
}

export interface DocumentView {
  readonly text: () => string;
  /** True while something that was typed here is not on the server's disk. */
  readonly unsaved: () => boolean;
  runAll(): void;
  close(): void;
}

const SETTLE_MS = 150;

export function openDocument(input: DocumentViewInput): DocumentView {
  const { projectId, path, role, user } = input;
  const shared = openShared(projectId, path, user, input.onState, () => {});
  const undo = new UndoManager(shared.text);
  let settle = 0;

  async function run(cell: number | null): Promise<void> {
    try {
      // The server runs what it has: what was just typed must be there first.
      await shared.saved();
      await startRun(projectId, path, cell);
    } catch (error) {
      input.onProblem(error instanceof ApiError ? error.message : "The cell could not be run.");
    }
  }

  async function answer(asked: AskedInput, text: string): Promise<void> {
    try {
      await answerInput(projectId, asked, text);
    } catch (error) {
      input.onProblem(error instanceof ApiError ? error.message : "The answer could not be sent.");
    }
  }

  const runHere = (view: EditorView): boolean => {
    const cell = cellAt(view.state.doc, view.state.selection.main.head);
    if (!cell || !may(role, "run")) return false;
    void run(cell.number);
    return true;
  };

  const view = new EditorView({
    parent: input.parent,
    state: EditorState.create({
      doc: shared.text.toString(),
      extensions: [
        keymap.of([
          { key: "Shift-Enter", run: runHere },
          ...yUndoManagerKeymap,
          ...searchKeymap,
          ...defaultKeymap,
          indentWithTab,
        ]),
        drawSelection(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        indentOnInput(),
        bracketMatching(),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ spellcheck: "true", "aria-label": path }),
        EditorState.readOnly.of(!may(role, "write")),
        markdown({ base: markdownLanguage, codeLanguages: fenceLanguages }),
        // The tokens' classes are those of published pages, so their colours come from the same sheet.
        syntaxHighlighting(classHighlighter),
        syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
        yCollab(shared.text, shared.awareness, { undoManager: undo }),
        cellShading,
        may(role, "run")
          ? cellGutter({ run, interrupt: () => void interruptRun(projectId, path).catch(() => {}) })
          : [],
        may(role, "run") ? inputPrompts((asked, text) => void answer(asked, text)) : [],
        may(role, "run") ? webAppLinks(projectId) : [],
        pictures(path, (target) => fileUrl(projectId, target)),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          clearTimeout(settle);
          settle = window.setTimeout(() => input.onText(update.state.doc.toString()), SETTLE_MS);
        }),
      ],
    }),
  });

  const people = () => {
    const states = [...shared.awareness.getStates()].filter(([id]) => id !== shared.awareness.clientID);
    input.onPeople(
      states.flatMap(([, state]) => (state.user ? [{ name: state.user.name, color: state.user.color }] : [])),
    );
  };
  shared.awareness.on("change", people);
  // A moment later: the change of the text that came with it has to be in the editor first.
  let statesDue = 0;
  shared.runs.observe(() => {
    clearTimeout(statesDue);
    statesDue = window.setTimeout(() => {
      const effects = [setCellStates.of(cellStates(shared.runs)), setInputPrompts.of(askedInputs(shared.runs))];
      view.dispatch({ effects });
    });
  });

  return {
    text: () => view.state.doc.toString(),
    unsaved: shared.unsaved,
    runAll: () => void run(null),
    close() {
      clearTimeout(settle);
      clearTimeout(statesDue);
      view.destroy();
      shared.close();
    },
  };
}
