/**
 * The comments of an open document, in the file `comments` of its state folder. It is written whole for each change, which is
 * as rare as people comment, and before anybody hears of the change.
 */
import { EventEmitter } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type * as Y from "yjs";
import * as z from "zod";
import type { Actor } from "../../../../shared/daemon/actor.ts";
import { Fault, parseJson } from "../../../../shared/daemon/fault.ts";
import { type Anchor, passageOf } from "../../../../shared/editor/anchor.ts";
import {
  type CommentNews,
  type CommentRequest,
  MAX_COMMENTS_BYTES,
  MAX_QUOTE_CHARS,
  Thread,
} from "../../../../shared/editor/comments.ts";
import { absent, writeDurably } from "../files/durable.ts";
import { changed } from "./change.ts";

const Kept = z.array(Thread);

/** Whatever else is done is done in a full file, too. */
const GROWS: ReadonlySet<CommentRequest["do"]> = new Set(["begin", "reply", "edit"]);

export class Comments {
  readonly events = new EventEmitter<{ change: [news: CommentNews] }>().setMaxListeners(0);
  readonly #file: string;
  readonly #text: Y.Text;
  #threads: readonly Thread[];
  /** Changes are written one after the other. */
  #turn: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(file: string, text: Y.Text, threads: readonly Thread[]) {
    this.#file = file;
    this.#text = text;
    this.#threads = threads;
  }

  /** @param text what their passages are in. Throws if what is kept can't be read: then nothing may be written over it. */
  static async open(folder: string, text: Y.Text): Promise<Comments> {
    const file = join(folder, "comments");
    const kept = await readFile(file, "utf8").catch(absent);
    return new Comments(file, text, kept === null ? [] : parseJson(Kept, kept, file));
  }

  get all(): CommentNews {
    return { type: "all", threads: [...this.#threads] };
  }

  /** Resolves when it is on disk. Throws Fault("invalid" | "not_found" | "forbidden" | "limit" | "unavailable"). */
  change(request: CommentRequest, actor: Actor): Promise<void> {
    const turn = this.#turn.then(() => this.#change(request, actor));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Resolves when nothing is written any more. */
  close(): Promise<void> {
    this.#closed = true;
    return this.#turn;
  }

  async #change(request: CommentRequest, actor: Actor): Promise<void> {
    // Another one reads the file by now.
    if (this.#closed) throw new Fault("unavailable", "the document is being loaded anew; try again in a moment");
    const asked = { request, actor, at: new Date().toISOString() };
    const threads = changed(this.#threads, asked, (anchor) => this.#quoteOf(anchor));
    if (threads === this.#threads) return;
    const bytes = new TextEncoder().encode(JSON.stringify(threads));
    if (bytes.length > MAX_COMMENTS_BYTES && GROWS.has(request.do))
      throw new Fault("limit", "the document has no room for more comments; delete some that are resolved");
    await writeDurably(this.#file, bytes, 0o600);
    this.#threads = threads;
    this.events.emit("change", this.#newsOf(request.do === "begin" ? request.comment : request.thread));
  }

  #newsOf(id: string): CommentNews {
    const thread = this.#threads.find((each) => each.id === id);
    return thread ? { type: "changed", thread } : { type: "gone", thread: id };
  }

  #quoteOf(anchor: Anchor): string | null {
    const passage = passageOf(this.#text, anchor);
    if (!passage) return null;
    const to = Math.min(passage.to, passage.from + MAX_QUOTE_CHARS);
    return this.#text.toString().slice(passage.from, to);
  }
}
