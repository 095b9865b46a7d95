/** Search in all texts of a project, in their live state where they are open, and replacing what was found. */
import { join } from "node:path";
import type { Actor } from "../../../../shared/daemon/actor.ts";
import { Fault } from "../../../../shared/daemon/fault.ts";
import type {
  LeftDocument,
  Replaced,
  ReplacedDocument,
  ReplaceRequest,
  SearchLine,
  SearchQuery,
  Undone,
} from "../../../../shared/editor/search.ts";
import { SEARCH_LIMITS } from "../../../../shared/editor/search-limits.ts";
import type { Documents } from "../document/documents.ts";
import { listFiles } from "../files/project.ts";
import { byPerson } from "../history/by.ts";
import { replaceIn, undoIn } from "./replace.ts";
import { Searcher, TooSlow } from "./searcher.ts";

/** A whole project; what was found until then is shown. */
const LONGEST_MS = 10_000;

/** Named by their content: nobody writes in them, and what is changed in one would no longer be what its name says. */
const GENERATED = /(?:^|\/)_assets\/generated\//;

export class ProjectSearch {
  readonly #projects: string;
  readonly #documents: Documents;
  /** One at a time: a base server carries a few dozen editor servers. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(projects: string, documents: Documents) {
    this.#projects = projects;
    this.#documents = documents;
  }

  /**
   * Throws Fault("invalid").
   * @param signal aborts when nobody wants to know any more
   */
  search(projectId: string, query: SearchQuery, write: (line: SearchLine) => void, signal: AbortSignal): Promise<void> {
    return this.#inTurn(query, async (searcher) => {
      signal.addEventListener("abort", () => searcher.end());
      const root = join(this.#projects, projectId);
      const open = new Map((await this.#documents.openIn(projectId)).map((document) => [document.id.path, document]));
      const deadline = performance.now() + LONGEST_MS;
      let shown = 0;
      for (const path of await listFiles(root)) {
        if (signal.aborted) return;
        if (GENERATED.test(path)) continue;
        if (performance.now() > deadline) return write({ type: "end", why: "slow", at: null });
        const document = open.get(path);
        const text = document && !document.ended ? document.text.toString() : { file: join(root, path) };
        const found = await searcher.find(text).catch((error: unknown) => {
          if (error instanceof TooSlow) return "slow" as const;
          throw error;
        });
        if (found === "slow") return write({ type: "end", why: "slow", at: path });
        if (!found || found.count === 0) continue;
        const matches = found.matches.slice(0, SEARCH_LIMITS.shown - shown);
        shown += matches.length;
        write({ type: "document", path, count: found.count, matches });
        if (shown === SEARCH_LIMITS.shown) return write({ type: "end", why: "many", at: null });
      }
      write({ type: "end", why: "done", at: null });
    }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  /** Throws Fault("invalid" | "too_large"). What can't be done to one document is said of it, and done to the others. */
  replace(projectId: string, { query, documents }: ReplaceRequest, actor: Actor): Promise<Replaced> {
    return this.#inTurn(query, async (searcher) => {
      const origin = { by: byPerson(actor) };
      const replaced: ReplacedDocument[] = [];
      const left: LeftDocument[] = [];
      let room: number = SEARCH_LIMITS.places;
      let isSlow = false;
      for (const { path, expected } of documents) {
        if (isSlow) {
          left.push({ path, why: "an earlier one took too long to search" });
          continue;
        }
        const held = await this.#documents.hold({ projectId, path }).catch((error: unknown) => leave(error));
        if (typeof held === "string") {
          left.push({ path, why: held });
          continue;
        }
        try {
          const places = await replaceIn(held.document, { searcher, expected, origin, room });
          if (typeof places === "string") left.push({ path, why: places });
          else {
            room -= places.length;
            replaced.push({ path, lineage: held.document.lineage, places });
          }
        } catch (error) {
          isSlow = error instanceof TooSlow;
          left.push({ path, why: isSlow ? "it takes too long to search" : leave(error) });
        } finally {
          held.release();
        }
      }
      return { documents: replaced, left };
    });
  }

  /** Takes back what replace() did, where the text still has it. */
  async undo(projectId: string, documents: readonly ReplacedDocument[], actor: Actor): Promise<Undone> {
    const origin = { by: byPerson(actor) };
    let [undone, left] = [0, 0];
    for (const { path, lineage, places } of documents) {
      const held = await this.#documents.hold({ projectId, path }).catch((error: unknown) => leave(error));
      if (typeof held === "string") {
        left += places.length;
        continue;
      }
      try {
        const done = held.document.lineage === lineage ? await undoIn(held.document, places, origin) : 0;
        undone += done;
        left += places.length - done;
      } catch (error) {
        leave(error);
        left += places.length;
      } finally {
        held.release();
      }
    }
    return { undone, left };
  }

  #inTurn<T>(query: SearchQuery, act: (searcher: Searcher) => Promise<T>): Promise<T> {
    const turn = this.#turn.then(async () => {
      const searcher = new Searcher(query);
      return act(searcher).finally(() => searcher.end());
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

/** Why a document is left as it is. */
function leave(error: unknown): string {
  if (error instanceof Fault) return error.message;
  console.error(error);
  return "it can't be written";
}
