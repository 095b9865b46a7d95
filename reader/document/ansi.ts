/**
 * The colours of a terminal (ECMA-48 "select graphic rendition") as HTML. Stored output is final text: cursor movements
 * were played when it was written, so any other control sequence is dropped.
 */
import { escapeHtml } from "../html/html.ts";

interface Style {
  readonly bold: boolean;
  readonly faint: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
  readonly color: Color | null;
  readonly background: Color | null;
}

/** One of the sixteen that the theme defines, or an exact one. */
type Color = { readonly named: number } | { readonly rgb: string };

const PLAIN: Style = {
  bold: false,
  faint: false,
  italic: false,
  underline: false,
  inverse: false,
  color: null,
  background: null,
};

// CSI …, OSC … (ended by BEL or ST; a link's address is in here), or a lone escape with its one letter.
const SEQUENCE = /\x1b(?:\[([0-?]*)[ -/]*([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])/g;
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f]/g;

export function ansiToHtml(text: string): string {
  if (!/[\0-\x08\x0b-\x1f\x7f]/.test(text)) return escapeHtml(text);
  let out = "";
  let style = PLAIN;
  let attributes = "";
  let run = "";
  let from = 0;
  const take = (to: number) => {
    run += text.slice(from, to);
  };
  const write = () => {
    out += spanOf(attributes, run.replace(CONTROLS, ""));
    run = "";
  };
  for (const sequence of text.matchAll(SEQUENCE)) {
    take(sequence.index);
    from = sequence.index + sequence[0].length;
    if (sequence[2] !== "m") continue;
    style = apply(style, sequence[1] ?? "");
    const next = attributesOf(style);
    // Programs set the colour that is set already, for each character: one span is enough for all of them.
    if (next === attributes) continue;
    write();
    attributes = next;
  }
  take(text.length);
  write();
  return out;
}

function apply(before: Style, parameters: string): Style {
  const codes = parameters.split(/[;:]/, 64).map(Number);
  let style = before;
  while (codes.length > 0) {
    const code = codes.shift() ?? 0;
    if (code === 38 || code === 48) {
      const color = extendedColor(codes);
      if (color) style = { ...style, [code === 38 ? "color" : "background"]: color };
    } else style = { ...style, ...simple(code) };
  }
  return style;
}

function simple(code: number): Partial<Style> {
  if (code >= 30 && code <= 37) return { color: { named: code - 30 } };
  if (code >= 90 && code <= 97) return { color: { named: code - 82 } };
  if (code >= 40 && code <= 47) return { background: { named: code - 40 } };
  if (code >= 100 && code <= 107) return { background: { named: code - 92 } };
  switch (code) {
    case 0:
      return PLAIN;
    case 1:
      return { bold: true };
    case 2:
      return { faint: true };
    case 3:
      return { italic: true };
    case 4:
      return { underline: true };
    case 7:
      return { inverse: true };
    case 22:
      return { bold: false, faint: false };
    case 23:
      return { italic: false };
    case 24:
      return { underline: false };
    case 27:
      return { inverse: false };
    case 39:
      return { color: null };
    case 49:
      return { background: null };
    default:
      return {};
  }
}

/** Takes `5;n` (xterm's 256 colours) or `2;r;g;b` from the front of `codes`. */
function extendedColor(codes: number[]): Color | null {
  const byte = () => Math.min(255, Math.max(0, Math.trunc(codes.shift() || 0)));
  const kind = codes.shift();
  if (kind === 2) return { rgb: `rgb(${byte()} ${byte()} ${byte()})` };
  if (kind !== 5) return null;
  const index = byte();
  if (index < 16) return { named: index };
  if (index >= 232) {
    const gray = 8 + 10 * (index - 232);
    return { rgb: `rgb(${gray} ${gray} ${gray})` };
  }
  const level = (step: number) => (step === 0 ? 0 : 55 + 40 * step);
  const cube = index - 16;
  return { rgb: `rgb(${level(Math.floor(cube / 36))} ${level(Math.floor(cube / 6) % 6)} ${level(cube % 6)})` };
}

function spanOf(attributes: string, text: string): string {
  return text === "" || attributes === "" ? escapeHtml(text) : `<span${attributes}>${escapeHtml(text)}</span>`;
}

/** `class` and `style` of a span, or "" for plain text. */
function attributesOf(style: Style): string {
  if (style === PLAIN) return "";
  const classes: string[] = [];
  const styles: string[] = [];
  for (const name of ["bold", "faint", "italic", "underline", "inverse"] as const) {
    if (style[name]) classes.push(`ansi-${name}`);
  }
  for (const [color, prefix, property] of [
    [style.color, "ansi-", "color"],
    [style.background, "ansi-on-", "background-color"],
  ] as const) {
    if (color && "named" in color) classes.push(`${prefix}${color.named}`);
    else if (color) styles.push(`${property}:${color.rgb}`);
  }
  const classAttribute = classes.length > 0 ? ` class="${classes.join(" ")}"` : "";
  const styleAttribute = styles.length > 0 ? ` style="${styles.join(";")}"` : "";
  return classAttribute + styleAttribute;
}
