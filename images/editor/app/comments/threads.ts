/** The comment threads of the open document, as the server tells of them, and the one that is looked at. */
import { type CommentNews, type Thread, withNews } from "../../../../shared/editor/comments.ts";

export class Threads {
  #all: readonly Thread[] = [];
  #current: string | null = null;
  readonly #observers = new Set<() => void>();

  get all(): readonly Thread[] {
    return this.#all;
  }

  /** Id of the thread that the cursor is in, or that was chosen. */
  get current(): string | null {
    return this.#current;
  }

  take(news: CommentNews): void {
    this.#all = withNews(this.#all, news);
    this.#tell();
  }

  look(id: string | null): void {
    if (id === this.#current) return;
    this.#current = id;
    this.#tell();
  }

  /** Calls after each change. Returns what ends that. */
  observe(observer: () => void): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  #tell(): void {
    for (const observer of this.#observers) observer();
  }
}
