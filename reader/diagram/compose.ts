/** One picture of two drawings: an image shows the one that fits the colours of the page that it stands in. */

/** An image can load no font: what is measured is what the reader's machine has. */
export const FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

const SVG = "http://www.w3.org/2000/svg";
const SCHEMES = `.dark{display:none}@media (prefers-color-scheme:dark){.light{display:none}.dark{display:inline}}`;

/** The text of an SVG file. Throws Error if a drawing says no size. */
export function inBothSchemes(light: SVGSVGElement, dark: SVGSVGElement): string {
  const [width, height] = [Math.max(widthOf(light), widthOf(dark)), Math.max(heightOf(light), heightOf(dark))];
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("width", String(width));
  picture.setAttribute("height", String(height));
  picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const style = document.createElementNS(SVG, "style");
  style.textContent = SCHEMES;
  picture.append(style, layer(light, "light"), layer(dark, "dark"));
  return new XMLSerializer().serializeToString(picture);
}

function layer(drawing: SVGSVGElement, name: string): SVGElement {
  const group = document.createElementNS(SVG, "g");
  group.setAttribute("class", name);
  drawing.removeAttribute("style");
  drawing.setAttribute("width", String(widthOf(drawing)));
  drawing.setAttribute("height", String(heightOf(drawing)));
  group.append(drawing);
  return group;
}

const widthOf = (drawing: SVGSVGElement) => sizeIn(drawing.viewBox.baseVal.width);
const heightOf = (drawing: SVGSVGElement) => sizeIn(drawing.viewBox.baseVal.height);

function sizeIn(size: number): number {
  if (!(size > 0)) throw new Error("the drawing has no size");
  return Math.ceil(size);
}
