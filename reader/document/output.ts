/** What a cell printed: as a terminal shows it, with a long way to an error folded under the error itself. */
import { playTerminal } from "../../shared/document/terminal.ts";
import { html, trusted } from "../html/html.ts";
import { ansiToHtml } from "./ansi.ts";
import { findTraceback } from "./traceback.ts";

export function renderOutput(text: string): string {
  const shown = MOVES.test(text) ? playTerminal(text) : text;
  const traceback = findTraceback(shown);
  if (!traceback) return terminal(shown);
  const { before, error, frames, after } = traceback;
  return (
    (before === "" ? "" : terminal(before)) +
    html`<details class="traceback"><summary>${trusted(ansiToHtml(error))}</summary>\n${trusted(terminal(frames))}</details>\n`
      .text +
    (after === "" ? "" : terminal(after))
  );
}

/**
 * Overwritten lines (a progress bar) and cursor movements. What markco stores is final text, but other programs store what
 * they got. Played, it has no colours: they would have to move with their letters.
 */
const MOVES = /\r|[\b]|\x1b\[[0-9;]*[A-HJKST]/;

function terminal(text: string): string {
  return `<pre class="output">${ansiToHtml(text)}</pre>\n`;
}
