/** Search in the project, beside whatever document is open. */
import { side } from "../side.ts";
import type { Desk, Tool } from "../tools.ts";
import type { SearchPanel } from "./panel.ts";

/** Selected text that is longer is not what somebody looks for. */
const MOST_CHARS = 200;

export function search(desk: Desk): Tool {
  let panel: SearchPanel | null = null;
  const beside = side<SearchPanel>({
    label: "Search",
    stays: true,
    load: async () => {
      const { searchPanel } = await import("./panel.ts");
      return () => {
        panel ??= searchPanel(desk);
        return panel;
      };
    },
  });

  /** With what is selected in the document. */
  async function act(): Promise<void> {
    const editor = desk.view?.open.editor;
    const { from, to } = editor?.state.selection.main ?? { from: 0, to: 0 };
    const words = editor?.hasFocus && to - from <= MOST_CHARS ? editor.state.sliceDoc(from, to) : "";
    const shown = await beside.reveal();
    if (words.trim() !== "" && !words.includes("\n")) shown?.begin(words);
    await beside.enter();
  }

  const command = {
    name: "Search in the project",
    keys: "Ctrl-Shift-F",
    anywhere: true,
    act: () => void act(),
  } as const;
  return { shown: [beside.button], commands: [command], side: beside };
}
