/**
 * What a cell's output is, as a function of the events of its execution: the same events give the same output, whether
 * they came one by one or were read again after a restart.
 */
import type { Output, OutputAsset } from "../../../../shared/document/output.ts";
import { relativeLink } from "../../../../shared/fsml/path.ts";
import type { EventData, ExecutionEvent } from "../../../../shared/mrp/mrp.ts";

/** Characters of text that a document takes from one cell: as many from the start, and as many from the end. */
const MAX_HALF = 100_000;

type Item =
  | { readonly kind: "text"; text: string; displayId: string | null }
  | { readonly kind: "asset"; readonly asset: OutputAsset };

export class Transcript {
  readonly #document: string;
  #items: Item[] = [];
  /** `clear_output(wait=True)`: what stands there goes when something follows. */
  #clearNext = false;
  #dropped = 0;

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

  output(): Output {
    const assets = new Map<string, OutputAsset>();
    let text = "";
    for (const item of this.#items) {
      if (item.kind === "asset") assets.set(item.asset.link, item.asset);
      else text += item.text;
    }
    return { text: this.#shortened(text).toWellFormed(), assets: [...assets.values()] };
  }

  #display({ data, displayId, update }: EventData<"display">): void {
    const text = plainText(data);
    if (update && displayId !== null) {
      for (const item of this.#items) {
        if (item.kind === "text" && item.displayId === displayId) item.text = `${text}\n`;
      }
    } else this.#writeLine(text, displayId);
  }

  #addAsset({ path, mime }: EventData<"asset">): void {
    this.#beforeNext();
    const kind = mime.startsWith("image/") ? "image" : "interactive";
    this.#items.push({ kind: "asset", asset: { kind, link: relativeLink(this.#document, path) } });
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

  /** A cell that prints for ever must not take the server's memory: the middle goes as it grows. */
  #keepEnds(item: { text: string }): void {
    if (item.text.length <= 4 * MAX_HALF) return;
    this.#dropped += item.text.length - 3 * MAX_HALF;
    item.text = item.text.slice(0, MAX_HALF) + item.text.slice(-2 * MAX_HALF);
  }

  #beforeNext(): void {
    if (this.#clearNext) this.#clear();
  }

  #clear(): void {
    this.#items = [];
    this.#clearNext = false;
    this.#dropped = 0;
  }

  #shortened(text: string): string {
    if (text.length <= 2 * MAX_HALF && this.#dropped === 0) return text;
    const head = text.slice(0, text.lastIndexOf("\n", MAX_HALF) + 1 || MAX_HALF);
    const tailAt = text.length - MAX_HALF;
    const tail = text.slice(text.indexOf("\n", tailAt) + 1 || tailAt);
    const left = text.length + this.#dropped - head.length - tail.length;
    return `${head}… ${left} characters left out …\n${tail}`;
  }
}

/** What an error says for itself, for the document and for whoever asked. */
export function tracebackOf({ type, message, traceback }: EventData<"error">): string {
  return traceback.length > 0 ? traceback.join("\n") : `${type}: ${message}`;
}

export function plainText(data: Readonly<Record<string, unknown>>): string {
  const plain = data["text/plain"];
  if (typeof plain === "string") return plain;
  if (Array.isArray(plain)) return plain.join("");
  return `<${Object.keys(data)[0] ?? "nothing"}>`;
}
