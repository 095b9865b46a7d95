/** The handle at the top of the drawer: dragged, or moved with the arrow keys, it makes the drawer higher or lower. */
import { element } from "../element.ts";

/** CSS pixels. */
const HEIGHT = { first: 300, least: 120, step: 24 } as const;
/** What the document keeps of the window. */
const LEFT_FOR_DOCUMENT = 180;

export function heightHandle(drawer: HTMLElement): HTMLElement {
  const handle = element("div", {
    class: "terminal-handle",
    role: "separator",
    tabindex: "0",
    "aria-orientation": "horizontal",
    "aria-label": "Height of the terminals",
    "aria-controls": drawer.id,
    "aria-valuemin": String(HEIGHT.least),
  });
  let height = 0;

  const most = () => Math.max(HEIGHT.least, innerHeight - LEFT_FOR_DOCUMENT);

  function setHeight(wanted: number): void {
    height = Math.round(Math.min(most(), Math.max(HEIGHT.least, wanted)));
    drawer.style.height = `${height}px`;
    handle.ariaValueMax = String(most());
    handle.ariaValueNow = String(height);
  }

  handle.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointermove", ({ pointerId, clientY }) => {
    if (handle.hasPointerCapture(pointerId)) setHeight(innerHeight - clientY);
  });
  handle.addEventListener("keydown", (event) => {
    const wanted = {
      ArrowUp: height + HEIGHT.step,
      ArrowDown: height - HEIGHT.step,
      Home: HEIGHT.least,
      End: most(),
    }[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    setHeight(wanted);
  });
  window.addEventListener("resize", () => setHeight(height));
  setHeight(HEIGHT.first);
  return handle;
}
