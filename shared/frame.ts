/**
 * What passes between a page of ours and the frame that shows people's HTML in it: in, once, the document; out, how high it
 * is. Nothing else is listened to on either side.
 */
import * as z from "zod";
import { MAX_DRAWING_CHARS } from "./document/diagrams.ts";

/** From the frame, whenever it changes: CSS pixels. */
export const FrameHeight = z.object({ markcoFrameHeight: z.number().min(0) });
export type FrameHeight = z.infer<typeof FrameHeight>;

/** From the page that draws diagrams: an SVG file. */
export const FrameDrawing = z.object({ markcoDrawing: z.string().max(MAX_DRAWING_CHARS) });
export type FrameDrawing = z.infer<typeof FrameDrawing>;

/** To the frame, once it has loaded. */
export interface FrameContent {
  readonly markcoFrameContent: string;
}

/** The script of the empty frame: it becomes the first document that the page around it sends. */
export const FRAME_SHELL = `addEventListener("message", ({ source, data }) => {
  if (source !== parent || typeof data?.markcoFrameContent !== "string") return;
  document.open();
  document.write(data.markcoFrameContent);
  document.close();
});`;

const TELL_HEIGHT = `<script>{
  const tell = () => {
    const { scrollHeight } = document.body ?? document.documentElement;
    const height = Math.max(scrollHeight, document.documentElement.getBoundingClientRect().height);
    parent.postMessage({ markcoFrameHeight: Math.ceil(height) }, "*");
  };
  new ResizeObserver(tell).observe(document.documentElement);
  addEventListener("load", tell);
}</script>`;

/** `document` with what tells its height; a fragment is put on a plain page. */
export function framed(document: string): string {
  const isWhole = /^\s*(?:<!doctype|<html)/i.test(document);
  const page = isWhole ? document : `<!doctype html><meta charset="utf-8"><style>${PLAIN}</style>${document}`;
  return page + TELL_HEIGHT;
}

/** Outputs were made for a white page. */
const PLAIN =
  "html{background:#fff;color:#222}body{margin:8px;font:14px/1.5 system-ui,sans-serif}table{border-collapse:collapse}th,td{padding:.2em .6em;text-align:end}tbody tr:nth-child(odd){background:#f5f5f5}";
