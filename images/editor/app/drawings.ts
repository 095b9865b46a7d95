/** Diagrams that nobody has drawn yet: each is drawn in its frame, and the drawing of somebody who may write is kept for all. */
import type { Drawing } from "../../../shared/document/diagrams.ts";
import { FrameDrawing } from "../../../shared/frame.ts";
import { send } from "./api.ts";
import { heightIn } from "./frame.ts";

/** Hears the frames in `holder` until that leaves the page. @param keep null for who may only look */
export function hearDrawings(holder: HTMLElement, keep: ((drawing: Drawing) => Promise<void>) | null): void {
  /** Texts whose drawing was sent: a frame that comes back into view draws again. */
  const sent = new Set<string>();
  const hear = ({ source, data }: MessageEvent) => {
    if (!holder.isConnected) return window.removeEventListener("message", hear);
    const frames = holder.querySelectorAll<HTMLIFrameElement>(".diagram > iframe");
    const frame = [...frames].find(({ contentWindow }) => contentWindow === source);
    if (!frame) return;
    const height = heightIn(data);
    if (height !== null) frame.style.height = `${height}px`;
    const drawn = FrameDrawing.safeParse(data);
    const text = decodeURIComponent(new URL(frame.src).hash.slice(1));
    if (!drawn.success || !keep || sent.has(text)) return;
    sent.add(text);
    // It is drawn and shown here all the same; the next who looks will keep it.
    keep({ text, svg: drawn.data.markcoDrawing }).catch(() => sent.delete(text));
  };
  window.addEventListener("message", hear);
}

export async function keepDrawing(projectId: string, drawing: Drawing): Promise<void> {
  await send("PUT", `/api/projects/${projectId}/editor/drawing`, drawing);
}
