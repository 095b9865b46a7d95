import { html } from "hono/html";

/** The one answer for what does not exist and for what is not for this reader. */
export function notFoundPage() {
  return html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>Not found</title><meta name="robots" content="noindex"><link rel="stylesheet" href="/reader/theme.css"></head>
    <body class="page"><main class="prose"><h1>Not found</h1><p>There is no page at this address, or it is not public.</p></main></body></html>`;
}
