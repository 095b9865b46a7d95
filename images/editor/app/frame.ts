/** Shows HTML that people or their programs wrote, in a frame without our origin (edge/frame). */
import { type FrameContent, FrameHeight, framed } from "../../../shared/frame.ts";
import { element } from "./element.ts";

/** CSS pixels. A page that asks for more is scrolled inside. */
const HEIGHT = { first: 120, least: 24, most: 1_200 } as const;

/** Heights of frames that were shown before, by what they show: a frame that comes back into view takes its place at once. */
const known = new Map<string, number>();

/** @param key names what is shown; @param html is awaited once the frame is there */
export function sandboxedFrame(
  key: string,
  title: string,
  html: () => Promise<string>,
  resized: () => void,
): HTMLElement {
  const frame = element("iframe", {
    class: "output-frame",
    title,
    src: "/frame",
    sandbox: "allow-scripts allow-popups allow-downloads",
    referrerpolicy: "no-referrer",
  });
  frame.style.height = `${heightOf(key)}px`;
  const hear = ({ source, data }: MessageEvent) => {
    if (!frame.isConnected) return window.removeEventListener("message", hear);
    if (source !== frame.contentWindow) return;
    const height = heightIn(data);
    if (height === null || height === known.get(key)) return;
    known.set(key, height);
    frame.style.height = `${height}px`;
    resized();
  };
  frame.addEventListener(
    "load",
    () => {
      window.addEventListener("message", hear);
      html().then(
        (text) => {
          const content: FrameContent = { markcoFrameContent: framed(text) };
          frame.contentWindow?.postMessage(content, "*");
        },
        () => frame.replaceWith(element("p", { class: "output-missing" }, `${title}: the file is not there`)),
      );
    },
    { once: true },
  );
  return frame;
}

/** How high a frame is to be that says so of itself; null if it says something else. */
export function heightIn(message: unknown): number | null {
  const told = FrameHeight.safeParse(message);
  return told.success ? Math.min(HEIGHT.most, Math.max(HEIGHT.least, told.data.markcoFrameHeight)) : null;
}

/** What the frame will be, as far as one can know. */
export const heightOf = (key: string) => known.get(key) ?? HEIGHT.first;
