/**
 * The frame in which pages of ours show HTML and scripts that people wrote: an origin of nobody's, so that they reach no
 * cookie, no storage and no page of ours. What it shows comes from the page around it, by message (shared/frame.ts).
 */
import { Hono } from "hono";
import { html, raw } from "hono/html";
import { FRAME_SHELL } from "../../shared/frame.ts";
import type { App } from "../environment.ts";

/** For whatever people's HTML is shown in: no origin, whoever embeds or opens it. */
export const FRAME_POLICY = [
  "sandbox allow-scripts allow-popups allow-downloads",
  // What plots and widgets load, they load from the libraries' own hosts or bring along.
  "default-src https: data: blob: 'unsafe-inline' 'unsafe-eval'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join("; ");

export const frame = new Hono<App>().get("/", (context) =>
  context.html(
    html`<!doctype html><meta charset="utf-8"><title>Output</title><script>${raw(FRAME_SHELL)}</script>`,
    200,
    {
      "content-security-policy": FRAME_POLICY,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "public, max-age=3600",
    },
  ),
);
