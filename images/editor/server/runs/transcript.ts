/**
 * What a cell's output is, as a function of the events of its execution: the same events give the same output, whether
 * they came one by one or were read again after a restart.
 */
import type { Output, OutputAsset } from "../../../../shared/document/output.ts";
import { playTerminal } from "../../../../shared/document/terminal.ts";
import { relativeLink } from "../../../../shared/fsml/path.ts";
import { plainText } from "../../../../shared/mrp/mime.ts";
import type { EventData, ExecutionEvent } from "../../../../shared/mrp/mrp.ts";

/** Of a cell's text, a document takes this many lines and characters from the start, and these from the end. */
const HEAD = { lines: 700, characters: 44_000 } as const;
const TAIL = { lines: 300, characters: 20_000 } as const;
/** Characters that are held of a cell: what the runtime sends of one, with room. */
const MAX_HELD = 12_000_000;

type Item =
  | { readonly kind: "text"; text: string; displayId: string | null }
  | { readonly kind: "asset"; asset: OutputAsset; readonly displayId: string | null };

export class Transcript {
  readonly #document: string;
  #items: Item[] = [];
  /** `clear_output(wait=True)`: what stands there goes when something follows. */
  #clearNext = false;

  /** `document` is the path of the document: links to files are relative to it. */
  constructor(document: string) {
    this.#document = document;
  }

  take(event: ExecutionEvent): void {
    switch (event.event) {
      case "start":
      case "done":
      case "stdin_request":
        break;
      case "stdout":
      case "stderr":
        this.#write(event.data.content);
        break;
      case "result":
        this.#isTextOfPage();
        this.#writeLine(plainText(event.data.data));
        break;
      case "display":
        this.#display(event.data);
        break;
      case "error":
        this.#writeLine(tracebackOf(event.data));
        break;
      case "asset":
        this.#addAsset(event.data);
        break;
      case "clear":
        if (event.data.wait) this.#clearNext = true;
        else this.#clear();
        break;
    }
  }

  /** What the document shows while the cell runs: the beginning and the end as they came. */
  output(): Output {
    const { text, assets } = this.#collected();
    const limit = HEAD.characters + TAIL.characters;
    if (text.length <= limit) return { text, assets };
    const left = text.length - limit;
    const [head, tail] = [text.slice(0, HEAD.characters), text.slice(-TAIL.characters)];
    return { text: `${upToLine(head)}… ${left.toLocaleString("en")} characters …\n${fromLine(tail)}`, assets };
  }

  /**
   * What the document shows in the end. `whole` is all of the text if only its ends are shown and no file of the runtime
   * has it: it belongs into one, and `linked` gives the output with the link to it.
   */
  ended(): { readonly output: Output; readonly whole: string | null; linked(path: string): Output } {
    const { text, assets } = this.#collected();
    const played = playTerminal(text).trimEnd();
    const lines = played.split("\n");
    const fits = lines.length <= HEAD.lines + TAIL.lines && played.length <= HEAD.characters + TAIL.characters;
    if (fits) return { output: { text: played, assets }, whole: null, linked: () => ({ text: played, assets }) };
    const head = upToLine(`${lines.slice(0, HEAD.lines).join("\n")}\n`.slice(0, HEAD.characters));
    const last = lines.slice(-TAIL.lines).join("\n");
    const tail = last.length <= TAIL.characters ? last : fromLine(last.slice(-TAIL.characters));
    const left = Math.max(1, lines.length - countLines(head) - countLines(tail));
    const cut = `${head}… ${left.toLocaleString("en")} lines left out; all of it is in the file below …\n${tail}`;
    const linked = (path: string): Output => ({
      text: cut,
      assets: [...assets, { kind: "whole", link: relativeLink(this.#document, path) }],
    });
    const isKept = assets.some(({ kind }) => kind === "whole");
    return { output: { text: cut, assets }, whole: isKept ? null : `${played}\n`, linked };
  }

  #collected(): Output {
    const assets = new Map<string, OutputAsset>();
    let text = "";
    for (const item of this.#items) {
      if (item.kind === "asset") assets.set(item.asset.link, item.asset);
      else text += item.text;
    }
    return { text: text.toWellFormed(), assets: [...assets.values()] };
  }

  #display({ data, displayId, update }: EventData<"display">): void {
    this.#isTextOfPage();
    const text = plainText(data);
    if (update && displayId !== null) {
      for (const item of this.#items) {
        if (item.kind === "text" && item.displayId === displayId) item.text = `${text}\n`;
      }
    } else this.#writeLine(text, displayId);
  }

  #addAsset({ path, mime, displayId, update }: EventData<"asset">): void {
    this.#beforeNext();
    const kind = mime.startsWith("image/") ? "image" : mime === "text/plain" ? "whole" : "interactive";
    const asset: OutputAsset = { kind, link: relativeLink(this.#document, path) };
    const shown = this.#items.find(
      (item) => item.kind === "asset" && displayId !== null && item.displayId === displayId,
    );
    if (update && shown?.kind === "asset") shown.asset = asset;
    else this.#items.push({ kind: "asset", asset, displayId });
  }

  /** A page that is followed by text is that text's rich form: a table (images/runtime/kernels/README.md). */
  #isTextOfPage(): void {
    const last = this.#items.at(-1);
    if (last?.kind === "asset" && last.asset.kind === "interactive") last.asset = { ...last.asset, kind: "table" };
  }

  /** A text that begins on a line of its own and ends it. */
  #writeLine(text: string, displayId: string | null = null): void {
    this.#beforeNext();
    const last = this.#items.findLast((item) => item.kind === "text");
    if (last?.kind === "text" && last.text !== "" && !last.text.endsWith("\n")) last.text += "\n";
    this.#items.push({ kind: "text", text: `${text}\n`, displayId });
  }

  #write(text: string): void {
    this.#beforeNext();
    const last = this.#items.at(-1);
    if (last?.kind === "text" && last.displayId === null) {
      last.text += text;
      this.#keepEnds(last);
    } else this.#items.push({ kind: "text", text, displayId: null });
  }

  /** A cell that shows things for ever must not take the server's memory: the middle goes as it grows. */
  #keepEnds(item: { text: string }): void {
    if (item.text.length <= MAX_HELD) return;
    item.text = item.text.slice(0, MAX_HELD / 3) + item.text.slice(-MAX_HELD / 3);
  }

  #beforeNext(): void {
    if (this.#clearNext) this.#clear();
  }

  #clear(): void {
    this.#items = [];
    this.#clearNext = false;
  }
}

/** Without what stands behind the last line break. A text of one line is cut where it is. */
function upToLine(text: string): string {
  const end = text.lastIndexOf("\n") + 1;
  return end > 0 ? text.slice(0, end) : `${text}\n`;
}

function fromLine(text: string): string {
  const start = text.indexOf("\n") + 1;
  return start > 0 && start < text.length ? text.slice(start) : text;
}

function countLines(text: string): number {
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}

/** What an error says for itself, for the document and for whoever asked. */
export function tracebackOf({ type, message, traceback }: EventData<"error">): string {
  return traceback.length > 0 ? traceback.join("\n") : `${type}: ${message}`;
}
