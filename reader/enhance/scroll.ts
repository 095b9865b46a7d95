/**
 * Lets the keyboard reach what scrolls sideways: code, tables and formulas that are wider than the page. Only while they
 * are, so that nobody has to tab through boxes in which there is nowhere to go.
 */
const KINDS = { pre: "Code", ".table": "Table", ".formula": "Formula" };

export function reachScrollers(document: Document): void {
  const names = new Map<Element, string>();
  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) mark(target, names.get(target) ?? "");
  });
  for (const [selector, name] of Object.entries(KINDS)) {
    for (const box of document.querySelectorAll(`.prose ${selector}`)) {
      names.set(box, name);
      observer.observe(box);
    }
  }
  // A formula gets wider when its fonts come, and its box stays as it is.
  document.fonts.addEventListener("loadingdone", () => {
    for (const [box, name] of names) mark(box, name);
  });
}

function mark(box: Element, name: string): void {
  const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
  // A box without a role must have no label.
  for (const [attribute, value] of [
    ["tabindex", "0"],
    ["role", "group"],
    ["aria-label", name],
  ] as const) {
    if (scrolls) box.setAttribute(attribute, value);
    else box.removeAttribute(attribute);
  }
}
