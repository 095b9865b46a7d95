/** The one page of the app. What it shows is decided in the browser by the address. */
import { html } from "hono/html";

export const APP_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // CodeMirror writes its theme into a style element.
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self'",
  "img-src 'self' https: data: blob:",
  "font-src 'self'",
  // People's HTML is shown in /frame, which has no origin.
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

export function appPage() {
  return html`<!doctype html><html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
    <title>markco</title>
    <link rel="stylesheet" href="/reader/theme.css"><link rel="stylesheet" href="/app/main.css">
    <script type="module" src="/app/main.js"></script></head>
    <body class="app"><div id="app"></div><noscript>The editor needs scripts; published pages do not.</noscript></body></html>`;
}
