/** The browser of the tests: Chromium without its windows, whose own pages take as much of the processor as the tests'. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

export const BROWSER = "/usr/bin/chromium-headless-shell";
export const hasBrowser = existsSync(BROWSER);

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function openBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: BROWSER, args: [...FLAGS, ...more] });
}
