/** Makes each frame as high as what it shows, which it tells by message (shared/frame.ts). */

/** CSS pixels. A page that asks for more is scrolled inside. */
const LEAST = 24;
const MOST = 1_200;

export function fitFrames(document: Document): void {
  const frames = document.querySelectorAll<HTMLIFrameElement>(".prose iframe.frame");
  if (frames.length === 0) return;
  document.defaultView?.addEventListener("message", ({ source, data }: MessageEvent<unknown>) => {
    const height = heightIn(data);
    const frame = [...frames].find(({ contentWindow }) => contentWindow === source);
    if (frame && height !== null) frame.style.height = `${Math.min(MOST, Math.max(LEAST, height))}px`;
  });
}

/** Read by hand: zod would be larger than the whole script. */
function heightIn(data: unknown): number | null {
  if (typeof data !== "object" || data === null || !("markcoFrameHeight" in data)) return null;
  return typeof data.markcoFrameHeight === "number" && data.markcoFrameHeight >= 0 ? data.markcoFrameHeight : null;
}
