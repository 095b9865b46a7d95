/** The terminals of the project's runtime, below the document. All of it comes when it is first asked for. */
import { element } from "../element.ts";
import { type Desk, quietButton, type Tool } from "../tools.ts";
import type { Drawer } from "./drawer.ts";
import { wasShown } from "./shown.ts";

export function terminal(desk: Desk): Tool {
  const below = element("section", { id: "terminals", class: "terminals", "aria-label": "Terminals", hidden: true });
  const button = quietButton("Terminal", "A shell in the project's runtime (Ctrl-`)", () =>
    withDrawer((drawer) => drawer.toggle()),
  );
  let loaded: Promise<Drawer> | null = null;

  function withDrawer(act: (drawer: Drawer) => void): void {
    loaded ??= import("./drawer.ts").then(({ terminalDrawer }) => terminalDrawer({ holder: below, button, desk }));
    loaded.then(act).catch(() => {
      loaded = null;
      desk.say("The terminal can't be shown: the platform does not answer.");
    });
  }

  // It stood there before the page was loaded anew.
  if (wasShown(desk.project.projectId)) withDrawer((drawer) => drawer.show());
  return {
    shown: [button],
    commands: [
      {
        name: "Terminal",
        keys: "Ctrl-`",
        anywhere: "in terminals, too",
        act: () => withDrawer((drawer) => drawer.reach()),
      },
      {
        name: "Leave the terminal, back to the document",
        keys: "Ctrl-Shift-`",
        anywhere: "in terminals, too",
        act: () => desk.view?.open.editor.focus(),
      },
    ],
    below,
  };
}
