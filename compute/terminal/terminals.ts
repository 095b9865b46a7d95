/** Terminals of runtimes, each with the people who look at it. What is shown waits for the slowest of them. */
import type { RuntimeLink, TerminalLine } from "../runtime/link.ts";

export interface Viewer {
  show(line: TerminalLine): void;
  /** The runtime went away or moved: who wants to go on comes again. */
  leave(): void;
}

interface Watched {
  readonly viewers: Map<Viewer, number>;
  readonly stop: () => void;
}

export class Terminals {
  readonly #watched = new WeakMap<RuntimeLink, Map<string, Watched>>();

  /** From here on, the viewer is shown what comes. */
  add(link: RuntimeLink, terminal: string, viewer: Viewer): void {
    const ofLink = this.#watched.get(link) ?? new Map<string, Watched>();
    this.#watched.set(link, ofLink);
    let watched = ofLink.get(terminal);
    if (!watched) {
      const viewers = new Map<Viewer, number>();
      const onLine = (line: TerminalLine) => {
        if (line.terminal === terminal) for (const each of viewers.keys()) each.show(line);
      };
      const onClose = () => {
        for (const each of viewers.keys()) each.leave();
      };
      link.events.on("terminal", onLine).once("close", onClose);
      watched = { viewers, stop: () => link.events.off("terminal", onLine).off("close", onClose) };
      ofLink.set(terminal, watched);
    }
    watched.viewers.set(viewer, Number.MAX_SAFE_INTEGER);
  }

  /** The viewer has shown all up to `position`. */
  take(link: RuntimeLink, terminal: string, viewer: Viewer, position: number): void {
    const watched = this.#watched.get(link)?.get(terminal);
    if (!watched?.viewers.has(viewer)) return;
    watched.viewers.set(viewer, position);
    link.tell({ op: "terminal_take", terminal, position: Math.min(...watched.viewers.values()) });
  }

  remove(link: RuntimeLink, terminal: string, viewer: Viewer): void {
    const ofLink = this.#watched.get(link);
    const watched = ofLink?.get(terminal);
    if (!ofLink || !watched?.viewers.delete(viewer) || watched.viewers.size > 0) return;
    watched.stop();
    ofLink.delete(terminal);
    if (!link.closed) link.tell({ op: "terminal_detach", terminal });
  }
}
