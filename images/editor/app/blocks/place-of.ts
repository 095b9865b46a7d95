/** Which place of the source a place of the rendered block comes from, and the other way round: found by the words around it. */

/** Where a word may stand behind the one before it: markup between them is shorter. UTF-16 units. */
const REACH = 400;
/** Not text of the document: what is set from TeX, and the mark of headings. */
const FOREIGN = ".katex, .anchor, .footnote-back";

/**
 * The offset in `source` for the offset in a text node of the rendered `block`. Each word of the block is looked for behind the
 * one before it, so that a word which occurs often is not taken for another.
 */
export function placeOf(block: Element, node: Node, offset: number, source: string): number {
  let at = 0;
  for (const text of textsOf(block)) {
    const isWanted = text === node;
    for (const { 0: word, index } of text.data.matchAll(/\S+/g)) {
      if (isWanted && index >= offset) return at;
      const [start, end] = find(source, word, at);
      if (isWanted && index + word.length >= offset) {
        if (start !== -1) return Math.min(end, start + offset - index);
        // The card of the front matter is shown below the heading, and written above it.
        const anywhere = source.indexOf(word);
        return anywhere === -1 ? at : anywhere + offset - index;
      }
      if (start !== -1) at = end;
    }
    if (isWanted) return Math.min(source.length, at);
  }
  return at;
}

/** The other way round: what `block` shows of its source between two offsets; null if that is nothing. */
export function rangeOf(block: Element, source: string, from: number, to: number): Range | null {
  let range: Range | null = null;
  let at = 0;
  for (const text of textsOf(block)) {
    for (const { 0: word, index } of text.data.matchAll(/\S+/g)) {
      const [start, end] = find(source, word, at);
      if (start === -1) continue;
      at = end;
      if (end <= from || start >= to) continue;
      if (!range) {
        range = document.createRange();
        range.setStart(text, index + Math.min(word.length, Math.max(0, from - start)));
      }
      range.setEnd(text, index + Math.min(word.length, to - start));
    }
  }
  return range;
}

/** Where the word, or as much of its beginning as there is, stands next. */
function find(source: string, word: string, from: number): [number, number] {
  const near = source.slice(from, from + REACH + word.length);
  const letters = /[\p{L}\p{N}_]+/u.exec(word);
  const [part, skipped] = letters ? [letters[0], letters.index] : [word, 0];
  const whole = near.indexOf(word);
  if (whole !== -1) return [from + whole, from + whole + word.length];
  const some = near.indexOf(part);
  return some === -1 ? [-1, -1] : [from + Math.max(0, some - skipped), from + some + part.length];
}

function* textsOf(block: Element): Generator<Text> {
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, (node) =>
    node instanceof Element && node.matches(FOREIGN) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  for (let node = walker.nextNode(); node; node = walker.nextNode()) if (node instanceof Text) yield node;
}
