/** Renders the open document beside the page that shows it: typing waits for nothing. */
import { ChangeSet, Text } from "@codemirror/state";
import { difference, type LaidOut } from "./difference.ts";
import { layOut } from "./lay-out.ts";
import type { FromWorker, Surroundings, ToWorker } from "./protocol.ts";
import { contextOf } from "./surroundings.ts";

/** After a change it waits as long as the last rendering took, so that it works half of the time at most. */
const WAIT_MS = { least: 15, most: 400 } as const;

let text = Text.empty;
let version = 0;
let surroundings: Surroundings | null = null;
let shown: LaidOut = { segments: [], length: 0 };
let touched: { from: number; to: number } | null = null;
let tookMs = 0;
let isDue = false;

self.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  switch (data.kind) {
    case "open":
      text = Text.of([...data.text]);
      surroundings = data.surroundings;
      return render();
    case "surroundings":
      surroundings = data.surroundings;
      break;
    case "change":
      change(ChangeSet.fromJSON(data.changes));
      break;
  }
  if (!isDue) setTimeout(render, Math.min(WAIT_MS.most, Math.max(WAIT_MS.least, tookMs)));
  isDue = true;
});

function change(changes: ChangeSet): void {
  text = changes.apply(text);
  version++;
  let { from, to } = touched ?? { from: Number.POSITIVE_INFINITY, to: -1 };
  if (touched) [from, to] = [changes.mapPos(from, -1), changes.mapPos(to, 1)];
  changes.iterChangedRanges((_fromA, _toA, fromB, toB) => {
    from = Math.min(from, fromB);
    to = Math.max(to, toB);
  });
  if (to >= 0) touched = { from, to };
}

function render(): void {
  isDue = false;
  if (!surroundings) return;
  const began = performance.now();
  const source = text.toString();
  const now = { segments: layOut(source, surroundings.path, contextOf(surroundings)), length: source.length };
  const news = difference(shown, now, touched);
  shown = now;
  touched = null;
  tookMs = performance.now() - began;
  if (news) self.postMessage({ version, ...news } satisfies FromWorker);
}
