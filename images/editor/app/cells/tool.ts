/** The tool that runs cells and changes them: one button, one menu, and all by name. */
import { may } from "../../../../shared/roles.ts";
import { menu } from "../menu.ts";
import type { Command } from "../palette/palette.ts";
import { type Desk, quietButton, type Tool } from "../tools.ts";
import { ACTS, type Act, CELL_ACTS, type CellAct } from "./acts.ts";

export function cellsTool(desk: Desk): Tool {
  const { role } = desk.project;
  const command = (act: CellAct): Command => {
    const { name, keys }: Act = ACTS[act];
    return { name, ...(keys === undefined ? {} : { keys }), act: () => desk.view?.cell(act) };
  };
  const here = CELL_ACTS.filter((act) => may(role, ACTS[act].needs) && act !== "above" && act !== "below").map(command);
  if (!may(role, "run")) return { shown: [], commands: here };
  const all: Command[] = [
    { name: "Run stale cells", act: () => desk.view?.run("stale") },
    command("above"),
    command("below"),
    { name: "Interrupt", act: () => desk.view?.interrupt() },
    { name: "Restart sessions", act: () => desk.view?.restart(false) },
    { name: "Restart and run all", act: () => desk.view?.restart(true) },
  ];
  const runAll = () => desk.view?.run("all");
  return {
    shown: [quietButton("Run all", "Run all cells of this document", runAll), menu("Cells", [...all, ...here])],
    commands: [{ name: "Run all cells", act: runAll }, ...all, ...here],
  };
}
