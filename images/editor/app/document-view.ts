/** The editor of one document: markdown source, shared typing, run buttons, pictures. */
import { defaultKeymap, indentWithTab } from "@codemirror/commands";
import { markdown, markdownLanguage } from "@codemirror/lang-markdown";
import { bracketMatching, defaultHighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { yCollab, yUndoManagerKeymap } from "y-codemirror.next";
import { UndoManager } from "yjs";
import type { Which } from "../../../shared/editor/run-lines.ts";
import type { Greeting } from "../../../shared/editor/sync.ts";
import { may, type Role } from "../../../shared/roles.ts";
import { ApiError, fileUrl, type User } from "./api.ts";
import { cellAt, cellGutter, setCellStates } from "./cell-gutter.ts";
import { cellShading } from "./cell-shading.ts";
import type { SyncState } from "./connection.ts";
import { frames } from "./frames.ts";
import { inputPrompts, setInputPrompts } from "./input-prompts.ts";
import { fenceLanguages } from "./languages.ts";
import { pictures } from "./pictures.ts";
import { answerInput, askedInputs, cellStates, interruptRun, restartSessions, startRun } from "./run.ts";
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
  /** Each time that the server says what the person may do. */
  readonly onGreeting: (greeting: Greeting) => void;
}

export interface DocumentView {
  readonly text: () => string;
  /** True while something that was typed here is not on the server's disk. */
  readonly unsaved: () => boolean;
  /** Runs cells; `above` and `below` are meant from the cell at the cursor. */
  run(which: Which): void;
  /** Ends what runs in the document, and empties its queue. */
  interrupt(): void;
  /** New processes for its sessions; then all cells run, if `andRun`. */
  restart(andRun: boolean): void;
  /** What the person may do has changed. */
  allowWriting(isAllowed: boolean): void;
  close(): void;
}

const SETTLE_MS = 150;

export function openDocument(input: DocumentViewInput): DocumentView {
  const { projectId, path, role, user } = input;
  const shared = openShared(projectId, path, user, input.onState, (greeting) => {
    allowWriting(greeting.canWrite);
    input.onGreeting(greeting);
  });
  const undo = new UndoManager(shared.text);
  const readOnly = new Compartment();
  let settle = 0;

  /** Does what a person asked for, and tells them if it can't be done. */
  function attempt(act: () => Promise<void>, otherwise: string): void {
    act().catch((error: unknown) => input.onProblem(error instanceof ApiError ? error.message : otherwise));
  }

  function run(which: Which, cell: number | null): void {
    attempt(async () => {
      // The server runs what it has: what was just typed must be there first.
      await shared.saved();
      await startRun(projectId, path, which, cell);
    }, "The cells could not be run.");
  }

  const interrupt = (cell: number | null) =>
    attempt(() => interruptRun(projectId, path, cell), "The cells could not be interrupted.");

  const cellHere = () => cellAt(view.state.doc, view.state.selection.main.head);

  const runHere = (): boolean => {
    const cell = cellHere();
    if (!cell || !may(role, "run")) return false;
    run("this", cell.number);
    return true;
  };

  const view = new EditorView({
    parent: input.parent,
    state: EditorState.create({
      doc: shared.text.toString(),
      extensions: [
        keymap.of([
          { key: "Shift-Enter", run: runHere },
          { key: "Mod-Enter", run: runHere },
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
        readOnly.of(EditorState.readOnly.of(!may(role, "write"))),
        markdown({ base: markdownLanguage, codeLanguages: fenceLanguages }),
        // The tokens' classes are those of published pages, so their colours come from the same sheet.
        syntaxHighlighting(classHighlighter),
        syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
        yCollab(shared.text, shared.awareness, { undoManager: undo }),
        cellShading,
        may(role, "run") ? cellGutter({ run: (cell) => run("this", cell), interrupt }) : [],
        may(role, "run")
          ? inputPrompts((asked, text) =>
              attempt(() => answerInput(projectId, asked, text), "The answer could not be sent."),
            )
          : [],
        may(role, "run") ? webAppLinks(projectId) : [],
        frames(path, (target) => fileUrl(projectId, target)),
        pictures(path, (target) => fileUrl(projectId, target)),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          clearTimeout(settle);
          settle = window.setTimeout(() => input.onText(update.state.doc.toString()), SETTLE_MS);
        }),
      ],
    }),
  });

  function allowWriting(isAllowed: boolean): void {
    if (view.state.readOnly === !isAllowed) return;
    view.dispatch({ effects: readOnly.reconfigure(EditorState.readOnly.of(!isAllowed)) });
    // Taking back one's own edits would be writing, too, and does not ask the editor.
    if (!isAllowed) undo.clear();
  }

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
    run(which) {
      if (which === "all" || which === "stale") return run(which, null);
      const cell = cellHere();
      if (cell) run(which, cell.number);
      else input.onProblem("Put the cursor into a cell first.");
    },
    interrupt: () => interrupt(null),
    restart(andRun) {
      attempt(async () => {
        await restartSessions(projectId, path);
        if (andRun) run("all", null);
      }, "The sessions could not be restarted.");
    },
    allowWriting,
    close() {
      clearTimeout(settle);
      clearTimeout(statesDue);
      view.destroy();
      shared.close();
    },
  };
}
