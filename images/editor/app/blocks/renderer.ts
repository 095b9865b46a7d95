/** Keeps the worker's copy of the text in step with the editor's, and brings what it renders into the editor. */
import { type ChangeDesc, type Extension, RangeSet } from "@codemirror/state";
import { type EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import { type News, setSegments } from "./layer.ts";
import { follow, Placed, touching } from "./placed.ts";
import type { FromWorker, Surroundings, ToWorker } from "./protocol.ts";

export interface Renderer {
  readonly extension: Extension;
  /** The project's files have changed, and so may have where links lead. */
  setSurroundings(surroundings: Surroundings): void;
}

/** Until the first blocks are there, or it takes too long, nothing of the text is shown. */
const WAITING = "is-waiting";
const PATIENCE_MS = 1_500;

/** @param start makes the worker; it ends with the editor */
export function renderer(start: () => Worker, surroundings: Surroundings): Renderer {
  let worker: Worker | null = null;
  const post = (message: ToWorker) => worker?.postMessage(message);

  class Rendered {
    /** Changes that the worker may not have known when it rendered last, oldest first. */
    #unseen: ChangeDesc[] = [];
    /** Of how many changes it knew. */
    #version = 0;
    readonly #patience: number;

    constructor(view: EditorView) {
      worker = start();
      worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => this.#take(view, data));
      post({ kind: "open", text: view.state.doc.toJSON(), surroundings });
      view.dom.classList.add(WAITING);
      this.#patience = window.setTimeout(() => view.dom.classList.remove(WAITING), PATIENCE_MS);
    }

    update({ docChanged, changes }: ViewUpdate): void {
      if (!docChanged) return;
      this.#unseen.push(changes.desc);
      post({ kind: "change", changes: changes.toJSON() });
    }

    #take(view: EditorView, { version, ...news }: FromWorker): void {
      view.dom.classList.remove(WAITING);
      this.#unseen.splice(0, version - this.#version);
      this.#version = version;
      view.dispatch({ effects: setSegments.of(upToDate(news, this.#unseen, view)) });
    }

    destroy(): void {
      clearTimeout(this.#patience);
      worker?.terminate();
      worker = null;
    }
  }

  return {
    extension: ViewPlugin.fromClass(Rendered),
    setSurroundings(now) {
      surroundings = now;
      post({ kind: "surroundings", surroundings });
    },
  };
}

/** What was rendered, at the places that it has by now. */
function upToDate(news: Omit<FromWorker, "version">, unseen: readonly ChangeDesc[], view: EditorView): News {
  const segments = news.segments.map((segment) => new Placed(segment).range(segment.from, segment.to));
  const [first, ...rest] = unseen;
  if (!first) return { ...news, segments };
  const changes = rest.reduce((all, next) => all.composeDesc(next), first);
  const moved = follow(RangeSet.of(segments, true), changes, view.state.doc, () => true);
  const [from, to] = [changes.mapPos(news.from, -1), changes.mapPos(news.to, 1)];
  return { from, to, segments: touching(moved, 0, view.state.doc.length) };
}
