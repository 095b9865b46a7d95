/**
 * Plain text inside a line. markdown-it stops at each mark that some plugin may need, `-` and `=` and `#` among them, and
 * asks every rule about it; this stops only where a rule of this dialect starts.
 */
import type { MarkdownIt } from "markdown-it";

/** `]` starts nothing, but is where a link's label is looked for. */
const STOPS = new Set([..."\n!$&*:<[\\]_`~"].map((mark) => mark.charCodeAt(0)));
const COLON = 0x3a;
const SLASH = 0x2f;
const EXCLAMATION = 0x21;
const BRACKET = 0x5b;

const isStop = Uint8Array.from({ length: 128 }, (_, code) => (STOPS.has(code) ? 1 : 0));

export function plainText(md: MarkdownIt): void {
  md.inline.ruler.at("text", (state, silent) => {
    const { src, pos: from, posMax } = state;
    let pos = from;
    for (; pos < posMax; pos++) {
      const code = src.charCodeAt(pos);
      if (isStop[code] !== 1) continue;
      // `://` is an address, `![` an image; on their own both are text.
      if (code === COLON && src.charCodeAt(pos + 1) !== SLASH) continue;
      if (code === EXCLAMATION && src.charCodeAt(pos + 1) !== BRACKET) continue;
      break;
    }
    if (pos === from) return false;
    if (!silent) state.pending += src.slice(from, pos);
    state.pos = pos;
    return true;
  });
}
