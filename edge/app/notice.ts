/** A page of the edge's own that says one thing, for people whose address or action leads nowhere else. */
import { html } from "hono/html";

const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  // Some notices have a button that lets a command line in: nobody may lay a frame with one under their own page.
  "frame-ancestors 'none'",
].join("; ");

/** @param assets the origin that has the theme: ours, where the page is shown on another one */
export async function notice(
  status: number,
  title: string,
  content: ReturnType<typeof html>,
  assets = "",
): Promise<Response> {
  const page = await html`<!doctype html><html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
    <title>${title} · markco</title><meta name="robots" content="noindex"><link rel="stylesheet" href="${assets}/reader/theme.css"></head>
    <body class="page"><main class="prose"><h1>${title}</h1>${content}</main></body></html>`;
  return new Response(page.toString(), {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": assets === "" ? POLICY : POLICY.replaceAll("'self'", assets),
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
      "cache-control": "no-store",
    },
  });
}

/** The one answer for a page that does not exist and for a page that is not for this reader. */
export function notFoundNotice(): Promise<Response> {
  return notice(404, "Not found", html`<p>There is no page at this address, or it is not public.</p>`);
}
