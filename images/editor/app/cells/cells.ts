/** Everything that the cells of an open document show and do. Loaded when the document is there. */
import { type Extension, Prec } from "@codemirror/state";
import { keymap } from "@codemirror/view";
import { CellSettings } from "../../../../shared/editor/cell-settings.ts";
import { sessionId } from "../../../../shared/mrp/mrp.ts";
import { may } from "../../../../shared/roles.ts";
import { json } from "../api.ts";
import { answerInput } from "../run.ts";
import { ACTS, type Act, CELL_ACTS, type CellAct } from "./acts.ts";
import { type CommandsInput, commands } from "./commands.ts";
import { folds } from "./folds.ts";
import { inputPrompts } from "./input-prompts.ts";
import { keeper } from "./keeper.ts";
import type { KnownCell } from "./known.ts";
import { cellMarks } from "./marks.ts";
import { steady } from "./steady.ts";

export interface CellsInput extends Omit<CommandsInput, "generated"> {
  readonly projectId: string;
  readonly path: string;
  readonly interrupt: (cell: number) => void;
  readonly attempt: (act: () => Promise<void>, otherwise: string) => void;
}

export interface Cells {
  readonly extension: Extension;
  /** Full name of the session that runs the cell; null where nothing does. */
  sessionOf(cell: KnownCell): string | null;
  act(act: CellAct): void;
}

/** What a project has that says nothing of them. */
const DEFAULT = "default";

export async function openCells(input: CellsInput): Promise<Cells> {
  const { projectId, path, role, attempt, view } = input;
  // Where it can't be asked, states are shown all the same.
  const settings = await json(CellSettings, `/api/projects/${projectId}/editor/cells`).catch(() => null);
  const sessionOf = ({ language, session }: KnownCell) =>
    language === null ? null : sessionId(projectId, language, session ?? settings?.sessions[language] ?? DEFAULT);
  const perform = commands({ ...input, generated: () => settings?.generated ?? "generated" });
  const mayRun = may(role, "run");
  const bindings = CELL_ACTS.flatMap((act) => {
    const { keys }: Act = ACTS[act];
    return keys === undefined ? [] : [{ key: keyOf(keys), run: () => perform(act) }];
  });
  return {
    extension: [
      Prec.high(keymap.of(bindings)),
      cellMarks(mayRun ? { run: (cell) => input.run("this", cell), interrupt: input.interrupt } : null),
      folds(`markco.folds/${projectId}/${path}`),
      mayRun
        ? inputPrompts((asked, text) =>
            attempt(() => answerInput(projectId, asked, text), "The answer could not be sent."),
          )
        : [],
      steady,
      keeper({ runs: input.runs, text: input.text, sessionOf }),
    ],
    sessionOf,
    act(act) {
      if (!perform(act)) input.say(refusal(act));
      view.focus();
    },
  };
}

/** As CodeMirror has it: letters are small, whatever is held with them. */
const keyOf = (keys: string) => keys.replace("Ctrl", "Mod").replace(/-[A-Z]$/, (end) => end.toLowerCase());

const refusal = (act: CellAct) =>
  ACTS[act].needs === "run" ? "Put the cursor into a cell that can be run first." : "Put the cursor into a cell first.";
