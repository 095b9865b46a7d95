/** What a terminal would show once all of `text` had been written to it (formats.md §3). Colours are dropped. */
export function playTerminal(text: string): string {
  if (!CONTROL.test(text)) return text;
  const screen = new Screen();
  for (const match of text.matchAll(TOKEN)) {
    const [token, parameters, final] = match;
    if (final !== undefined) screen.control(final, parameters ?? "");
    else if (CONTROL.test(token) || token === "\n") screen.key(token);
    else screen.write(token);
  }
  return screen.text();
}

/** Anything but printable text, tabs and line breaks. */
const CONTROL = /[\0-\x08\x0b-\x1f\x7f\x9b]/;
/** CSI (parameters, final letter), OSC and its kin, a two-letter escape, one control, or a run of text. ECMA-48. */
const TOKEN =
  /(?:\x1b\[|\x9b)([0-?]*)[ -/]*([@-~])|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?|[\0-\x08\x0a-\x1f\x7f\x9b]|[^\0-\x08\x0a-\x1f\x7f\x9b]+/g;

/** No program draws further than this; one that tries must not take the server's memory. */
const MAX_COLUMNS = 10_000;
const MAX_ROWS_BELOW = 1_000;

class Screen {
  readonly #lines: string[] = [""];
  #row = 0;
  #column = 0;

  text(): string {
    return this.#lines.join("\n");
  }

  write(text: string): void {
    const line = this.#line();
    const before = line.slice(0, this.#column).padEnd(this.#column);
    this.#lines[this.#row] = before + text + line.slice(this.#column + text.length);
    this.#column += text.length;
  }

  key(key: string): void {
    if (key === "\n") this.#goTo(this.#row + 1, 0);
    else if (key === "\r") this.#column = 0;
    else if (key === "\b") this.#column = Math.max(0, this.#column - 1);
  }

  control(final: string, parameters: string): void {
    const [first = 0, second = 0] = parameters.split(";").map((part) => Number.parseInt(part, 10) || 0);
    const count = Math.max(1, first);
    switch (final) {
      case "A":
        this.#goTo(this.#row - count, this.#column);
        break;
      case "B":
        this.#goTo(this.#row + count, this.#column);
        break;
      case "C":
        this.#goTo(this.#row, this.#column + count);
        break;
      case "D":
        this.#goTo(this.#row, this.#column - count);
        break;
      case "E":
        this.#goTo(this.#row + count, 0);
        break;
      case "F":
        this.#goTo(this.#row - count, 0);
        break;
      case "G":
        this.#goTo(this.#row, count - 1);
        break;
      case "H":
      case "f":
        this.#goTo(count - 1, Math.max(1, second) - 1);
        break;
      case "J":
        this.#eraseScreen(first);
        break;
      case "K":
        this.#eraseLine(first);
        break;
    }
  }

  #line(): string {
    return this.#lines[this.#row] ?? "";
  }

  #goTo(row: number, column: number): void {
    this.#row = Math.min(Math.max(0, row), this.#lines.length + MAX_ROWS_BELOW);
    this.#column = Math.min(Math.max(0, column), MAX_COLUMNS);
    while (this.#lines.length <= this.#row) this.#lines.push("");
  }

  /** 0: from the cursor on, 1: up to it, 2: all of it. */
  #eraseLine(part: number): void {
    const line = this.#line();
    if (part === 0) this.#lines[this.#row] = line.slice(0, this.#column);
    else if (part === 1) this.#lines[this.#row] = " ".repeat(this.#column) + line.slice(this.#column);
    else this.#lines[this.#row] = "";
  }

  #eraseScreen(part: number): void {
    this.#eraseLine(part);
    if (part === 0) this.#lines.length = this.#row + 1;
    else if (part === 1) this.#lines.fill("", 0, this.#row);
    else {
      this.#lines.length = 1;
      this.#lines[0] = "";
      this.#goTo(0, 0);
    }
  }
}
