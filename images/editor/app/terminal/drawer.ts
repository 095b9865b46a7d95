/** The drawer below the document: terminals as tabs, a handle for its height, and a line that says what is the matter. */
import type { RuntimeView } from "../../../../shared/daemon/contract.ts";
import { TerminalList } from "../../../../shared/runtime/terminal.ts";
import { ApiError, json, request } from "../api.ts";
import { askFirst } from "../ask-first.ts";
import { element } from "../element.ts";
import { addStyle } from "../style.ts";
import type { Desk } from "../tools.ts";
import { heightHandle } from "./height.ts";
import { keepShown } from "./shown.ts";
import { Tab } from "./tab.ts";
import css from "./terminal.css" with { type: "text" };

addStyle(css);

export interface Drawer {
  /** Shows or hides it. */
  toggle(): void;
  /** For keys: leads to the terminal from anywhere else, and from there hides it. */
  reach(): void;
  /** As it was before the page was loaded anew: no runtime is started for that. */
  show(): void;
}

export interface DrawerInput {
  readonly holder: HTMLElement;
  /** What shows and hides it. */
  readonly button: HTMLButtonElement;
  readonly desk: Desk;
}

export function terminalDrawer({ holder, button, desk }: DrawerInput): Drawer {
  const { projectId } = desk.project;
  const door = `/api/projects/${projectId}/terminals`;
  const list = element("div", { class: "terminal-tabs", role: "tablist", "aria-label": "Terminals", keydown: move });
  const closing = element("span", {});
  const status = element("p", { role: "status" });
  const bar = element(
    "div",
    { class: "terminal-bar" },
    list,
    element("button", { type: "button", class: "quiet", "aria-label": "New terminal", click: add }, "New"),
    closing,
    element("button", { type: "button", class: "quiet", title: "Hide the terminals (Ctrl-`)", click: hide }, "Hide"),
  );
  const screens = element("div", { class: "terminal-screens" });
  const handle = heightHandle(holder);
  let tabs: Tab[] = [];
  let shown: Tab | null = null;

  button.setAttribute("aria-controls", holder.id);
  button.setAttribute("aria-expanded", "false");
  holder.append(handle, bar, status, screens);
  new ResizeObserver(() => shown?.fit()).observe(screens);

  /** @param isWanted whether the person asked for a terminal: then the runtime is started for it */
  async function reveal(isWanted: boolean): Promise<void> {
    holder.hidden = false;
    button.setAttribute("aria-expanded", "true");
    keepShown(projectId, true);
    // Others, or this person at another machine, may have opened some.
    const open = await json(TerminalList, door).then(
      ({ terminals }) => terminals,
      () => [],
    );
    for (const name of open) if (!tabs.some((tab) => tab.name === name)) addTab(name);
    if (tabs.length === 0) addTab("main");
    select(shown ?? tabs[0] ?? null, isWanted);
  }

  function hide(): void {
    const hadFocus = holder.contains(document.activeElement);
    holder.hidden = true;
    button.setAttribute("aria-expanded", "false");
    keepShown(projectId, false);
    if (hadFocus) desk.view?.open.editor.focus();
  }

  function addTab(name: string): Tab {
    const tab: Tab = new Tab({
      projectId,
      name,
      choose: () => select(tab, true),
      changed: () => tab === shown && say(tab),
      look: async () => {
        await desk.refresh();
        return desk.project.runtime;
      },
    });
    tabs = [...tabs, tab];
    list.append(tab.button);
    screens.append(tab.panel);
    return tab;
  }

  function add(): void {
    const isFree = (name: string) => tabs.every((tab) => tab.name !== name);
    let name = "main";
    for (let n = 2; !isFree(name); n++) name = `main-${n}`;
    select(addTab(name), true);
  }

  function select(tab: Tab | null, isWanted: boolean): void {
    shown = tab;
    for (const each of tabs) each.mark(each === tab);
    closing.replaceChildren();
    if (!tab) {
      hide();
      return;
    }
    tab.open(isWanted);
    if (isWanted) tab.focus();
    closing.append(
      askFirst({
        label: "Close",
        about: `terminal ${tab.name}`,
        warning: "What runs in it ends.",
        act: () => void close(tab),
      }),
    );
    say(tab);
  }

  async function close(tab: Tab): Promise<void> {
    try {
      await request(`${door}/${tab.name}`, { method: "DELETE" });
    } catch (error) {
      // It has ended by itself, or with its runtime.
      const isGone = error instanceof ApiError && error.status === 404;
      if (!isGone) {
        status.textContent = error instanceof Error ? error.message : "The terminal can't be closed.";
        return;
      }
    }
    const at = tabs.indexOf(tab);
    tabs = tabs.filter((each) => each !== tab);
    tab.end();
    const next = tabs[Math.min(at, tabs.length - 1)] ?? null;
    select(next, false);
    next?.button.focus();
  }

  function say(tab: Tab): void {
    const { text, offer } = wordsFor(tab, desk.project.runtime);
    const again = () => {
      tab.start();
      tab.focus();
    };
    status.replaceChildren(text);
    if (offer) status.append(" ", element("button", { type: "button", click: again }, offer));
  }

  function move(event: KeyboardEvent | Event): void {
    const step = event instanceof KeyboardEvent ? { ArrowRight: 1, ArrowLeft: -1 }[event.key] : undefined;
    if (step === undefined || !shown) return;
    event.preventDefault();
    const next = tabs.at((tabs.indexOf(shown) + step) % tabs.length);
    if (!next) return;
    select(next, false);
    next.button.focus();
  }

  return {
    toggle: () => (holder.hidden ? void reveal(true) : hide()),
    reach: () => (holder.contains(document.activeElement) ? hide() : void reveal(true)),
    show: () => void reveal(false),
  };
}

/** What is the matter with a terminal that can't be used now, and what its person can do about it. */
function wordsFor({ state }: Tab, runtime: RuntimeView | null): { readonly text: string; readonly offer?: string } {
  switch (state?.kind) {
    case undefined:
    case "shown":
      return { text: "" };
    case "connecting":
      return { text: connecting(runtime) };
    case "lost":
      return { text: "The connection is lost. Trying again …" };
    case "ended":
      return { text: `The shell has ended with ${state.code}.`, offer: "Start it again" };
    case "refused":
      return { text: state.reason, offer: "Try again" };
    case "resting": {
      if (runtime?.state === "asleep") return { text: "The runtime is asleep.", offer: "Wake it" };
      const why = runtime?.state === "failed" && runtime.reason ? `: ${runtime.reason}` : "";
      return { text: `No runtime is running${why}.`, offer: "Start it" };
    }
  }
}

function connecting(runtime: RuntimeView | null): string {
  switch (runtime?.state) {
    case "running":
    case "moving":
      return "Connecting …";
    case "asleep":
    case "waking":
      return "Waking the runtime …";
    default:
      return "Starting the runtime …";
  }
}
