/**
 * What the editor shows where nobody is typing is what readers see: each block of each document, as a page and in the editor, pixel
 * by pixel. Pictures are kept in test/artefacts/same-pixels.
 */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PNG } from "pngjs";
import { beforeAll, describe, expect, test } from "vitest";
import { contextOf } from "../../../images/editor/app/blocks/surroundings.ts";
import { renderInBlocks } from "../../../reader/document/render.ts";
import { renderPage } from "../../../reader/page/page.ts";
import { hasBrowser } from "../../browser.ts";
import { type Project, useApp } from "./app.ts";
import { ARTEFACTS, PROJECT } from "./app-files.ts";
import { blocksOn, differing, type Pair, pairs, SCHEMES, type Screen } from "./photograph.ts";

const CORPUS = join(import.meta.dirname, "../../../../shared/corpus/numpy-tutorials");
const CONSTRUCTS = join(import.meta.dirname, "constructs");
const PICTURES = join(ARTEFACTS, "same-pixels");
/** Wide enough for the column of a page beside the editor's files; both columns then begin on a whole pixel. */
const WINDOW = { width: 1000, height: 3000 };
/** A picture that is scaled is drawn otherwise at the edges of the tiles that Chromium draws in: so there is one tile. */
const LARGE_TILES = ["--default-tile-width=8192", "--default-tile-height=8192"];

const inCorpus = existsSync(CORPUS) ? (await readdir(CORPUS)).filter((name) => /^\d.*\.md$/.test(name)) : [];
const DOCUMENTS = [[CONSTRUCTS, "constructs.md"], ...inCorpus.map((name) => [CORPUS, name])] as [string, string][];

describe.skipIf(!hasBrowser)("a page and the editor show the same pixels", () => {
  const app = useApp(LARGE_TILES);

  beforeAll(async () => {
    await rm(PICTURES, { recursive: true, force: true });
    await mkdir(PICTURES, { recursive: true });
  });

  describe.each([1, 2])("at %i×, in the light and in the dark", (scale) => {
    test.each(DOCUMENTS)("%s/%s", { timeout: 120_000 }, async (folder, path) => {
      const project = await projectOf(folder, path);
      const options = { viewport: WINDOW, deviceScaleFactor: scale };
      const { page: editor } = await app.open(project, options);
      await editor.locator(".rendered").first().waitFor();
      const page = await app.show("/page", project, () => published(project), options);
      const blocks = await blocksOn(page);
      expect(blocks.length).toBeGreaterThan(10);

      const nameOf = (scheme: string) => join(PICTURES, `${path.replace(/\.md$/, "")}-${scheme}-${scale}x`);
      const kept = new Set<string>();
      const keep = async (screen: Screen) => {
        const name = nameOf(screen.scheme);
        if (kept.has(name)) return;
        kept.add(name);
        await writeFile(`${name}-editor.png`, screen.editor);
        await writeFile(`${name}-page.png`, screen.page);
      };
      const seen = new Set<string>();
      const different: string[] = [];
      for await (const pair of pairs(editor, page, scale, keep)) {
        seen.add(`${pair.scheme} ${pair.sight.html}`);
        const problem = compare(pair);
        if (problem === null) continue;
        const name = `${nameOf(pair.scheme)}-differs-${different.length}`;
        different.push(`${pair.scheme}, ${problem}: ${pair.sight.html.slice(0, 120)}`);
        await writeFile(`${name}-page.png`, PNG.sync.write(pair.page));
        await writeFile(`${name}-editor.png`, PNG.sync.write(pair.editor));
      }
      await Promise.all([page.close(), editor.close()]);
      expect(different).toEqual([]);
      expect(SCHEMES.flatMap((scheme) => blocks.filter((html) => !seen.has(`${scheme} ${html}`)))).toEqual([]);
    });
  });
});

/**
 * The exceptions. Code of cells is not compared: it is text that can be edited, in the colours and the box of a page. A figure at the
 * side of the text stands alone in the editor. Of smooth shapes a small share of a block's pixels may differ slightly, and where scaled
 * pictures and drawn signs (roots, wide accents) are in it, also plainly.
 */
const SLIGHT = { pixels: 4, share: 0.0005 } as const;
const SMOOTHED = { in: /<img |<svg /, share: 0.002 } as const;

/** What differs, in words; null if nothing does. */
function compare({ sight, size, page, editor }: Pair): string | null {
  const isSize = Math.abs(sight.width - size.width) < 0.02 && Math.abs(sight.height - size.height) < 0.02;
  if (!isSize) return `${sight.width} × ${sight.height} in the editor, ${size.width} × ${size.height} on the page`;
  const { slight, plain } = differing(page, editor);
  const pixels = page.width * page.height;
  const smoothed = SMOOTHED.in.test(sight.html) ? SMOOTHED.share * pixels : 0;
  if (plain <= smoothed && slight <= Math.max(SLIGHT.pixels + SLIGHT.share * pixels, smoothed)) return null;
  return `${plain} pixels differ plainly and ${slight} slightly, of ${page.width} × ${page.height}`;
}

async function projectOf(folder: string, path: string): Promise<Project> {
  const files = await readdir(folder, { recursive: true });
  return { path, folder, files, text: await readFile(join(folder, path), "utf8") };
}

/** The document as a page, with a comment before each block that says of what kind it is. */
function published({ path, files, text }: Project): string {
  const context = contextOf({ projectId: PROJECT, owner: "demo", slug: "thesis", path, paths: files });
  const { blocks, ...document } = renderInBlocks(text, context);
  const html = blocks.map((block) => `<!--${block.cell ? "cell" : "block"}-->${block.html}`).join("");
  const whole = renderPage({
    lang: "en",
    title: path,
    description: null,
    canonical: null,
    noindex: false,
    site: { title: "thesis", href: "/" },
    nav: [],
    breadcrumbs: [],
    article: { ...document, html },
    previous: null,
    next: null,
    image: null,
    source: null,
    feed: null,
    search: null,
    assets: { css: "/reader/theme.css", script: "/nothing.js" },
  });
  // A page fetches its first image at once. Blocks are found by their HTML, and that is no matter of looks.
  return whole.replace(/(<img (?:(?!loading=)[^>])*)(?= decoding=)/, '$1 loading="lazy"');
}
