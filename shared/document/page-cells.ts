/** Cells that the page itself shows: `html`, `css` and `js`. Those that stand next to each other are one small page. */
import { type Cell, isOfPage } from "./cells.ts";

export interface PageGroup {
  /** In order; the page stands behind the last one. */
  readonly cells: readonly Cell[];
  /** True if it holds a script, which runs only when somebody asks for it. */
  readonly isScripted: boolean;
}

/** The groups of a document that have something to show. A style sheet that stands alone has not: it is for all of them. */
export function findPageGroups(source: string, cells: readonly Cell[]): PageGroup[] {
  const groups: Cell[][] = [];
  let last: Cell | null = null;
  for (const cell of cells) {
    if (!isOfPage(cell) || !cell.fence.closed) continue;
    const isNext = last !== null && /^[\s>]*$/.test(source.slice(last.fence.to, cell.fence.from));
    if (isNext) groups.at(-1)?.push(cell);
    else groups.push([cell]);
    last = cell;
  }
  return groups
    .filter((group) => group.some(({ language }) => language !== "css"))
    .map((group) => ({ cells: group, isScripted: group.some(({ language }) => language === "javascript") }));
}

/**
 * The HTML of a group's page, for a sandboxed frame. The document's style sheets come first, then its cells in order; scripts
 * share one global scope, are left out unless `withScripts`, and what they log or throw is shown.
 */
export function pageOf(group: PageGroup, cells: readonly Cell[], withScripts: boolean): string {
  const sheets = cells.filter((cell) => cell.language === "css" && cell.fence.closed);
  const parts = sheets.map(({ fence }) => `<style>${fence.text.replaceAll("</style", "<\\/style")}</style>`);
  if (withScripts && group.isScripted) parts.push(`<script>${SHOW_CONSOLE}</script>`);
  for (const { language, fence } of group.cells) {
    if (language === "html") parts.push(fence.text);
    else if (language === "javascript" && withScripts) parts.push(scriptOf(fence.text));
  }
  return parts.join("\n");
}

/** Its code travels as a string, in which nothing can end the script early; the element it becomes sees the ones before it. */
function scriptOf(code: string): string {
  const text = JSON.stringify(code).replaceAll("<", "\\u003c");
  return `<script>{
    const script = document.createElement("script");
    script.textContent = ${text};
    document.currentScript.replaceWith(script);
  }</script>`;
}

const SHOW_CONSOLE = `{
  const show = (text, color) => {
    const line = document.createElement("pre");
    line.style.cssText = "margin:0;white-space:pre-wrap;font:13px ui-monospace,monospace;color:" + color;
    line.textContent = text;
    (document.body ?? document.documentElement).append(line);
  };
  const word = (value) => {
    if (typeof value === "string") return value;
    try { return JSON.stringify(value) ?? String(value); } catch { return String(value); }
  };
  for (const [name, color] of [["log", "inherit"], ["info", "inherit"], ["warn", "#8a6100"], ["error", "#b00020"]]) {
    const original = console[name];
    console[name] = (...values) => { original.apply(console, values); show(values.map(word).join(" "), color); };
  }
  addEventListener("error", ({ error, message }) => show(error ? error.name + ": " + error.message : message, "#b00020"));
  addEventListener("unhandledrejection", ({ reason }) => show(String(reason), "#b00020"));
}`;
