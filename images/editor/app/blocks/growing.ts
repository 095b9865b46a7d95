/** The shown result of a cell becomes another one, while it runs or when it runs again: what is the same in both stays. */

/** CSS pixels: so near its end, a box shows its end. */
const NEAR = 4;

/** @param drawn is used up */
export function updateResult(shown: HTMLElement, drawn: HTMLElement): void {
  const [old, now] = [parts(shown), parts(drawn)];
  for (const [i, part] of now.children.entries()) {
    const before = old.children[i];
    if (!before) old.holder.append(part);
    else if (!before.isEqualNode(part)) replace(before, part);
  }
  for (const extra of old.children.slice(now.children.length)) extra.remove();
}

/** The newest lines stay in view, unless somebody has scrolled up to read. */
function replace(before: Element, part: Element): void {
  const { scrollTop, scrollHeight, clientHeight } = before;
  const isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR;
  const [text, more] = [before.firstChild, part.firstChild];
  const isLonger =
    before.tagName === part.tagName &&
    before.childNodes.length === 1 &&
    part.childNodes.length === 1 &&
    text instanceof Text &&
    more instanceof Text &&
    more.data.startsWith(text.data);
  let shown = before;
  // What somebody has selected in it stays selected.
  if (isLonger) text.appendData(more.data.slice(text.data.length));
  else {
    before.replaceWith(part);
    shown = part;
  }
  shown.scrollTop = isAtEnd ? shown.scrollHeight : scrollTop;
}

function parts(element: HTMLElement) {
  const holder = element.querySelector(".result") ?? element;
  return { holder, children: [...holder.children] };
}
