/** What a reader's browser fetches for a page whose pictures and scripts are all the site's own. */
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";

export interface Weight {
  readonly htmlBytes: number;
  readonly htmlBytesGz: number;
  readonly cssBytesGz: number;
  readonly jsBytesGz: number;
  /** Fonts are compressed as they are. */
  readonly fontBytes: number;
}

export async function weigh(browser: Browser, url: string): Promise<Weight> {
  const page = await browser.newPage();
  try {
    const fetched: { type: string; body: Buffer }[] = [];
    const arriving: Promise<void>[] = [];
    page.on("response", (response) => {
      const type = response.request().resourceType();
      arriving.push(response.body().then((body) => void fetched.push({ type, body })));
    });
    await page.goto(url, { waitUntil: "networkidle" });
    await Promise.all(arriving);
    const sum = (wanted: string, size: (body: Buffer) => number) =>
      fetched.filter(({ type }) => type === wanted).reduce((total, { body }) => total + size(body), 0);
    return {
      htmlBytes: sum("document", (body) => body.length),
      htmlBytesGz: sum("document", zipped),
      cssBytesGz: sum("stylesheet", zipped),
      jsBytesGz: sum("script", zipped),
      fontBytes: sum("font", (body) => body.length),
    };
  } finally {
    await page.close();
  }
}

const zipped = (body: Buffer) => gzipSync(body, { level: 9 }).length;
