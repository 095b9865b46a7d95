/** The editor of one document: blocks as readers see them, source where the cursor is, shared typing, run buttons. */
import { defaultKeymap, indentWithTab, standardKeymap } from "@codemirror/commands";
import { bracketMatching, defaultHighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState, type Extension, StateEffect } from "@codemirror/state";
import { drawSelection, EditorView, keymap } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { yCollab, yUndoManagerKeymap } from "y-codemirror.next";
import { type Text, UndoManager } from "yjs";
import { offsetOf, positionOf } from "../../../shared/editor/anchor.ts";
import type { Which } from "../../../shared/editor/run-lines.ts";
import type { Greeting } from "../../../shared/editor/sync.ts";
import { may, type Role } from "../../../shared/roles.ts";
import { fileUrl } from "./address.ts";
import { ApiError, request, type User } from "./api.ts";
import { setSourceMode } from "./blocks/layer.ts";
import { blocksOf, hasBlocks } from "./blocks/open.ts";
import { peopleInBlocks } from "./blocks/people.ts";
import type { Surroundings } from "./blocks/protocol.ts";
import type { CellAct } from "./cells/acts.ts";
import type { SyncState } from "./connection.ts";
import { cursorOf } from "./cursor.ts";
import { hearDrawings, keepDrawing } from "./drawings.ts";
import { follow, followedIn, following } from "./follow.ts";
import { fenceLanguage } from "./languages.ts";
import { markdown } from "./markdown.ts";
import { menu } from "./menu.ts";
import type { OpenDocument } from "./open-document.ts";
import type { PersonHere } from "./people.ts";
import { interruptRun, restartSessions, startRun } from "./run.ts";
import { openShared } from "./sync.ts";
import { addWebAppLinks } from "./web-app-links.ts";

export interface DocumentViewInput {
  readonly projectId: string;
  readonly surroundings: Surroundings;
  readonly role: Role;
  readonly user: User;
  readonly parent: HTMLElement;
  readonly onState: (state: SyncState) => void;
  /** Who else is here, and which of them is followed. */
  readonly onPeople: (people: readonly PersonHere[], followed: number | null) => void;
  /** Null: there is none any more. */
  readonly onProblem: (message: string | null) => void;
  /** Each time that the server says what the person may do. */
  readonly onGreeting: (greeting: Greeting) => void;
  /** The document stands under another path now, and all that was typed here is there. */
  readonly onMoved: (path: string) => void;
  /** Where the cursor is to be, as DocumentView.cursor had it. */
  readonly cursor: string | null;
  /** The server has another document in this one's place: it is to be opened anew. */
  readonly onReplaced: () => void;
}

export interface DocumentView {
  readonly open: OpenDocument;
  /** Where the cursor is, for the same document in another view; null if it is elsewhere on the page. */
  readonly cursor: () => string | null;
  /** True while something that was typed here would be lost with the page. */
  readonly unsaved: () => boolean;
  run(which: "all" | "stale"): void;
  /** Does something to the cell at the cursor. */
  cell(act: CellAct): void;
  /** Ends what runs in the document, and empties its queue. */
  interrupt(): void;
  /** New processes for its sessions; then all cells run, if `andRun`. */
  restart(andRun: boolean): void;
  /** What the person may do has changed. */
  allowWriting(isAllowed: boolean): void;
  /** Scrolls with somebody's cursor, by the Yjs client that they are. */
  follow(client: number | null): void;
  /** Shows all of the document's source, or blocks where nobody is typing. */
  showSource(isSource: boolean): void;
  /** The project's files have changed. */
  setSurroundings(surroundings: Surroundings): void;
  close(): void;
}

export function openDocument(input: DocumentViewInput): DocumentView {
  const { projectId, role } = input;
  const { path } = input.surroundings;
  const shared = openShared({
    ...input,
    path,
    onGreeting(greeting) {
      allowWriting(greeting.canWrite);
      input.onGreeting(greeting);
      if (greeting.path !== path) void shared.saved().then(() => input.onMoved(greeting.path));
    },
    onNotice: (notice) => input.parent.prepend(notice),
  });
  const undo = new UndoManager(shared.text);
  const readOnly = new Compartment();

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

  const blocks = hasBlocks(path)
    ? blocksOf(input.surroundings, {
        finish: (block) => may(role, "run") && addWebAppLinks(block, projectId),
        fetchText: async (file) => (await request(fileUrl(projectId, file))).text(),
      })
    : null;
  input.parent.toggleAttribute("data-plain", !blocks);

  const view = new EditorView({
    parent: input.parent,
    state: EditorState.create({
      doc: shared.text.toString(),
      extensions: [
        keymap.of([
          // What is pressed before the cells are there is done as soon as they are.
          { key: "Shift-Enter", run: () => whenThere("advance") },
          { key: "Mod-Enter", run: () => whenThere("run") },
          ...yUndoManagerKeymap,
          ...defaultKeymap,
          indentWithTab,
        ]),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ spellcheck: "true", "aria-label": path }),
        readOnly.of(EditorState.readOnly.of(!may(role, "write"))),
        markdown(fenceLanguage),
        // The tokens' classes are those of published pages, so their colours come from the same sheet.
        syntaxHighlighting(classHighlighter),
        syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
        yCollab(shared.text, shared.awareness, { undoManager: undo }),
        following(shared.awareness, shared.text, () => people()),
        blocks ? [blocks.extension, peopleInBlocks(shared.awareness, shared.text)] : [],
      ],
    }),
  });

  hearDrawings(view.dom, may(role, "write") ? (drawing) => keepDrawing(projectId, drawing) : null);

  // Nobody searches before the document is there. Where it can't be loaded, the browser's own search is left.
  import("./search.ts").then(
    ({ searching }) => view.dispatch({ effects: StateEffect.appendConfig.of(searching) }),
    () => {},
  );
  import("./pictures.ts").then(
    ({ pictures }) => view.dispatch({ effects: StateEffect.appendConfig.of(pictures({ projectId, path, attempt })) }),
    () => {},
  );
  if (blocks && may(role, "write")) {
    const given = { text: shared.text, awareness: shared.awareness, keys: standardKeymap, cursorOf, menu };
    import("./tables/open.ts").then(
      ({ tableGrids }) => view.dispatch({ effects: StateEffect.appendConfig.of(tableGrids(given)) }),
      () => {},
    );
  }

  /** False where the key is the editor's own: cells that are there have heard it before, and it was not for them. */
  function whenThere(act: CellAct): boolean {
    if (!cells || areCellsThere || !may(role, "run")) return false;
    cells.then(({ act: perform }) => perform(act)).catch(() => {});
    return true;
  }

  let areCellsThere = false;
  const cells = blocks
    ? import("./cells/cells.ts").then(({ openCells }) =>
        openCells({
          view,
          projectId,
          path,
          role,
          text: shared.text,
          runs: shared.runs,
          undo,
          run,
          interrupt,
          attempt,
          say: input.onProblem,
        }),
      )
    : null;
  cells?.then(
    ({ extension }) => {
      areCellsThere = true;
      view.dispatch({ effects: StateEffect.appendConfig.of(extension) });
    },
    () => input.onProblem("The cells can't be run: a part of the page could not be loaded."),
  );

  completions().then(
    (extension) => view.dispatch({ effects: StateEffect.appendConfig.of(extension) }),
    () => {},
  );

  /** Each source has a file of its own. */
  async function completions(): Promise<Extension> {
    const [{ completion }, runtime, links] = await Promise.all([import("./completion.ts"), ofRuntime(), ofLinks()]);
    const all = [runtime, links].filter((each) => each !== null);
    // What keys do in cells comes first.
    return [all.map(({ extension }) => extension), completion(all.map(({ source }) => source))];
  }

  /** Null for a file without links. */
  async function ofLinks() {
    return blocks && (await import("./wiki-completion.ts")).linkCompletion(input.surroundings);
  }

  /** Null for who may not ask the runtime. */
  async function ofRuntime() {
    if (!cells || !may(role, "run")) return null;
    const [{ sessionOf }, { runtimeCompletion }, { runtimeHover }] = await Promise.all([
      cells,
      import("./runtime-completion.ts"),
      import("./runtime-hover.ts"),
    ]);
    const { source, extension } = runtimeCompletion({ projectId, sessionOf });
    return { source, extension: [extension, runtimeHover({ projectId, sessionOf })] };
  }

  function allowWriting(isAllowed: boolean): void {
    if (view.state.readOnly === !isAllowed) return;
    view.dispatch({ effects: readOnly.reconfigure(EditorState.readOnly.of(!isAllowed)) });
    // Taking back one's own edits would be writing, too, and does not ask the editor.
    if (!isAllowed) undo.clear();
  }

  const people = () => {
    const states = [...shared.awareness.getStates()].filter(([id]) => id !== shared.awareness.clientID);
    input.onPeople(
      states.flatMap(([client, { user }]) => (user ? [{ client, name: user.name, color: user.color }] : [])),
      followedIn(view),
    );
  };
  shared.awareness.on("change", people);
  if (input.cursor !== null) restoreCursor(view, shared.text, input.cursor);

  return {
    open: {
      ...shared,
      projectId,
      path,
      editor: view,
    },
    cursor: () => (view.hasFocus ? positionOf(shared.text, view.state.selection.main.head) : null),
    unsaved: shared.unsaved,
    run: (which) => run(which, null),
    cell: (act) => void cells?.then(({ act: perform }) => perform(act)).catch(() => {}),
    interrupt: () => interrupt(null),
    restart(andRun) {
      attempt(async () => {
        await restartSessions(projectId, path);
        if (andRun) run("all", null);
      }, "The sessions could not be restarted.");
    },
    allowWriting,
    follow: (client) => follow(view, client),
    showSource(isSource) {
      if (blocks) view.dispatch({ effects: setSourceMode.of(isSource) });
      input.parent.toggleAttribute("data-plain", isSource || !blocks);
    },
    setSurroundings: (surroundings) => blocks?.setSurroundings(surroundings),
    close() {
      view.destroy();
      shared.close();
    },
  };
}

/** Once the text is there. */
function restoreCursor(view: EditorView, text: Text, cursor: string): void {
  const restore = () => {
    const head = offsetOf(text, cursor);
    if (head === null) return;
    text.unobserve(restore);
    // The editor hears of the text in the same moment.
    setTimeout(() => {
      view.focus();
      view.dispatch({ selection: { anchor: Math.min(head, view.state.doc.length) }, scrollIntoView: true });
    });
  };
  text.observe(restore);
}
