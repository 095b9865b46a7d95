/** Pictures of a document's blocks in the editor, and of the same blocks of its published page at the same places of the window. */
import type { CDPSession, Page } from "playwright-core";
import { PNG } from "pngjs";

/** A block: its HTML, by which it is found on the page, and where it stands in the window (CSS pixels). */
export interface Sight {
  readonly html: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What stands in the window of the editor, and how far to scroll for the next. */
interface View {
  readonly sights: readonly Sight[];
  readonly rest: number;
}

export const SCHEMES = ["light", "dark"] as const;
export type Scheme = (typeof SCHEMES)[number];

export interface Pair {
  readonly scheme: Scheme;
  readonly sight: Sight;
  /** As a page has it by itself. */
  readonly size: { readonly width: number; readonly height: number };
  readonly editor: PNG;
  readonly page: PNG;
}

type Area = Pick<Sight, "x" | "y" | "width" | "height">;

/** What is compared, in both windows. */
export interface Screen {
  readonly scheme: Scheme;
  readonly editor: Buffer;
  readonly page: Buffer;
}

/** Photographs screen after screen of the editor, and the page arranged like it, in both schemes. */
export async function* pairs(
  editor: Page,
  page: Page,
  scale: number,
  keep: (screen: Screen) => Promise<void>,
): AsyncGenerator<Pair> {
  const ofEditor = await cameraOf(editor, scale);
  const ofPage = await cameraOf(page, scale);
  for (let rest = 1; rest > 0; ) {
    await editor.evaluate(settle);
    const view = await editor.evaluate(look);
    const sizes = await page.evaluate(arrange, view.sights);
    const area = areaOf(view.sights);
    for (const scheme of view.sights.length > 0 ? SCHEMES : []) {
      const shots = await Promise.all([shoot(editor, ofEditor, scheme, area), shoot(page, ofPage, scheme, area)]);
      await keep({ scheme, editor: shots[0], page: shots[1] });
      const [inEditor, onPage] = [PNG.sync.read(shots[0]), PNG.sync.read(shots[1])];
      for (const [i, sight] of view.sights.entries()) {
        const size = sizes[i];
        if (!size) continue;
        const there = { ...sight, x: sight.x - area.x, y: sight.y - area.y };
        yield { scheme, sight, size, editor: crop(inEditor, there, scale), page: crop(onPage, there, scale) };
      }
    }
    rest = view.rest;
    await editor.evaluate((by) => document.querySelector(".cm-scroller")?.scrollBy(0, by), rest);
  }
}

/** Playwright's own takes PNGs that are small, and twice as long for it. */
async function cameraOf(window: Page, scale: number): Promise<CDPSession> {
  const camera = await window.context().newCDPSession(window);
  const size = window.viewportSize();
  if (!size) throw new Error("a page that is photographed has a size");
  // What Playwright has told the browser of the screen holds for its own session.
  await camera.send("Emulation.setDeviceMetricsOverride", { ...size, deviceScaleFactor: scale, mobile: false });
  return camera;
}

async function shoot(window: Page, camera: CDPSession, colorScheme: Scheme, area: Area): Promise<Buffer> {
  await window.emulateMedia({ colorScheme });
  await window.evaluate(settle);
  const clip = { ...area, scale: 1 };
  const { data } = await camera.send("Page.captureScreenshot", { format: "png", optimizeForSpeed: true, clip });
  return Buffer.from(data, "base64");
}

/** Whole CSS pixels around all of them. */
function areaOf(sights: readonly Sight[]): Area {
  const x = Math.floor(Math.min(...sights.map((sight) => sight.x)));
  const y = Math.floor(Math.min(...sights.map((sight) => sight.y)));
  const right = Math.max(...sights.map((sight) => sight.x + sight.width));
  const down = Math.max(...sights.map((sight) => sight.y + sight.height));
  return { x, y, width: Math.ceil(right) + 1 - x, height: Math.ceil(down) + 1 - y };
}

/** The HTML of all blocks of the page that are compared. */
export async function blocksOn(page: Page): Promise<string[]> {
  await page.evaluate(loadPictures);
  await page.evaluate(settle);
  await page.evaluate(arrange, []);
  return page.evaluate(() => [...window.blocksOfPage.keys()]);
}

/**
 * Levels of 255. What Chromium draws smoothly (round corners, dots, roots of formulas, scaled pictures) depends in its last bits on where
 * in its layer it stands: at 1×, a page and the same page 37 pixels lower differ by up to 5, in a third of their blocks; at 2×, a few
 * pixels of a dot's edge by up to 20. Text that is moved by a pixel differs by more than 100.
 */
const ROUNDING = 4;
const EDGE = 24;

export interface Difference {
  /** Pixels that differ as the edges of smooth shapes may: there can be a few. */
  readonly slight: number;
  readonly plain: number;
}

export function differing(a: PNG, b: PNG): Difference {
  let slight = 0;
  let plain = 0;
  for (let at = 0; at < a.data.length; at += 4) {
    // All four channels at once: nearly all pixels are the same.
    if (a.data.readUInt32BE(at) === b.data.readUInt32BE(at)) continue;
    const levels = [0, 1, 2, 3].map((channel) =>
      Math.abs(a.data.readUInt8(at + channel) - b.data.readUInt8(at + channel)),
    );
    const most = Math.max(...levels);
    if (most > EDGE) plain++;
    else if (most > ROUNDING) slight++;
  }
  return { slight, plain };
}

function crop(from: PNG, { x, y, width, height }: Sight, scale: number): PNG {
  const picture = new PNG({ width: Math.ceil(width * scale), height: Math.ceil(height * scale) });
  PNG.bitblt(from, picture, Math.round(x * scale), Math.round(y * scale), picture.width, picture.height, 0, 0);
  return picture;
}

/** In the browser: fonts and pictures are there, and everything has its place. */
async function settle(): Promise<void> {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  await frame();
  await document.fonts.ready;
  const inView = [...document.images].filter((image) => {
    const { top, bottom } = image.getBoundingClientRect();
    return image.checkVisibility({ visibilityProperty: true }) && bottom > 0 && top < innerHeight;
  });
  await Promise.all(inView.map((image) => image.decode().catch(() => null)));
  await frame();
  await frame();
}

/** In the browser: also those that nobody has scrolled to yet. */
async function loadPictures(): Promise<void> {
  for (const image of document.images) image.loading = "eager";
  await Promise.all([...document.images].map((image) => image.decode().catch(() => null)));
  for (const image of document.images) image.loading = "lazy";
}

/** In the editor. */
function look(): View {
  const scroller = document.querySelector(".cm-scroller");
  const top = scroller?.getBoundingClientRect().top ?? 0;
  const sights: Sight[] = [];
  let next = innerHeight;
  for (const block of document.querySelectorAll<HTMLElement>(".rendered")) {
    const parts = [...block.querySelectorAll(":scope > :not(.block-gap)")];
    // Of a cell its result is compared: the code is text that can be edited.
    const shown = block.matches(".rendered-result") ? parts.flatMap((it) => it.querySelector(".result") ?? []) : parts;
    const html = shown.map(({ outerHTML }) => outerHTML).join("");
    block.style.position = "relative";
    block.style.top = "";
    const [first] = shown;
    if (!first) continue;
    // On a whole pixel: how a line of 26.4 pixels is rounded depends on where its block begins.
    const { y } = first.getBoundingClientRect();
    block.style.top = `${Math.round(y) - y}px`;
    const boxes = shown.map((element) => element.getBoundingClientRect());
    const up = Math.min(...boxes.map((box) => box.top));
    const down = Math.max(...boxes.map((box) => box.bottom));
    const left = Math.min(...boxes.map((box) => box.left));
    const right = Math.max(...boxes.map((box) => box.right));
    if (down > innerHeight) next = Math.min(next, up);
    else if (up >= top && sights.every((sight) => sight.html !== html))
      sights.push({ html, x: left, y: Math.round(up), width: right - left, height: down - up });
  }
  const isEnd = !scroller || scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 1;
  // At least a little, if something is higher than the window; whole pixels, because a layer is drawn on them.
  return { sights, rest: isEnd ? 0 : Math.floor(Math.max(100, next - top - 20)) };
}

declare global {
  interface Window {
    /** By HTML: what has to be moved, what is compared, and where that is inside of it. */
    blocksOfPage: Map<string, PageBlock>;
  }
}

interface PageBlock {
  readonly elements: readonly HTMLElement[];
  readonly size: { readonly width: number; readonly height: number };
  /** Places and widths of the elements, from the corner of what is compared. */
  readonly places: readonly { readonly x: number; readonly y: number; readonly width: number }[];
}

/** On the page: puts the blocks where the editor has them, hides all else, and tells the sizes that they have in the page's flow. */
function arrange(sights: readonly Sight[]): ({ width: number; height: number } | null)[] {
  window.blocksOfPage ??= measure();
  for (const element of document.querySelectorAll<HTMLElement>("article > *, .site-header, .site-footer, .outline"))
    element.style.visibility = "hidden";
  return sights.map(({ html, x, y }) => {
    const block = window.blocksOfPage.get(html);
    if (!block) return null;
    for (const [i, { style }] of block.elements.entries()) {
      const place = block.places[i];
      if (!place) continue;
      const [left, top, width] = [`${x + place.x}px`, `${y + place.y}px`, `${place.width}px`];
      Object.assign(style, { position: "absolute", margin: "0", left, top, width, visibility: "visible" });
    }
    return block.size;
  });

  function measure(): Map<string, PageBlock> {
    // A comment stands before each block and says of what kind it is.
    const groups: { kind: string; elements: HTMLElement[] }[] = [];
    for (const node of document.querySelector("article")?.childNodes ?? []) {
      if (node instanceof Comment) groups.push({ kind: node.data, elements: [] });
      else if (node instanceof HTMLElement) groups.at(-1)?.elements.push(node);
    }
    const blocks = new Map<string, PageBlock>();
    for (const { kind, elements } of groups) {
      const shown = kind === "cell" ? elements.flatMap((it) => it.querySelector(":scope > .result") ?? []) : elements;
      const boxes = shown.map((element) => element.getBoundingClientRect());
      const [left, up] = [Math.min(...boxes.map((box) => box.left)), Math.min(...boxes.map((box) => box.top))];
      const [right, down] = [Math.max(...boxes.map((box) => box.right)), Math.max(...boxes.map((box) => box.bottom))];
      const places = elements.map((element) => {
        const { x, y, width } = element.getBoundingClientRect();
        return { x: x - left, y: y - up, width };
      });
      const html = shown.map(({ outerHTML }) => outerHTML).join("");
      if (html !== "") blocks.set(html, { elements, places, size: { width: right - left, height: down - up } });
    }
    return blocks;
  }
}
