/**
 * The page in which a `mermaid` block is drawn. The block's text is the fragment of its address. The page has no origin
 * (edge/site/reader-assets.ts); it shows the drawing, and tells the page around it how high that is and what was drawn.
 */
import mermaid from "mermaid";
import type { FrameDrawing, FrameHeight } from "../../shared/frame.ts";
import { FONTS, inBothSchemes } from "./compose.ts";

/** One that stands in light text and one that stands in dark. */
const THEMES = { light: "default", dark: "dark" } as const;

/** Throws Error with mermaid's words where the text is no diagram. */
async function drawIn(scheme: keyof typeof THEMES, text: string): Promise<SVGSVGElement> {
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    suppressErrorRendering: true,
    deterministicIds: true,
    theme: THEMES[scheme],
    fontFamily: FONTS,
    // An image shows text of SVG everywhere, and HTML in it not.
    htmlLabels: false,
    flowchart: { htmlLabels: false },
  });
  const { svg } = await mermaid.render(`drawn-${scheme}`, text);
  const holder = document.createElement("div");
  holder.innerHTML = svg;
  const drawing = holder.querySelector("svg");
  if (!drawing) throw new Error("nothing was drawn");
  return drawing;
}

function show(...parts: HTMLElement[]): void {
  document.body.replaceChildren(...parts);
  tell({ markcoFrameHeight: Math.ceil(document.documentElement.getBoundingClientRect().height) });
}

function tell(message: FrameHeight | FrameDrawing): void {
  parent.postMessage(message, "*");
}

async function main(text: string): Promise<void> {
  try {
    // One after the other: mermaid keeps its settings for all of the page.
    const light = await drawIn("light", text);
    const svg = inBothSchemes(light, await drawIn("dark", text));
    const image = new Image();
    image.alt = "";
    image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
    await image.decode();
    show(image);
    tell({ markcoDrawing: svg });
  } catch (error) {
    const problem = document.createElement("p");
    problem.textContent = `This diagram can’t be drawn: ${error instanceof Error ? error.message : "no reason given"}`;
    const code = document.createElement("pre");
    code.textContent = text;
    show(problem, code);
  }
}

await main(decodeURIComponent(location.hash.slice(1)));
