/** Stands in for CRIU's page server: `criu lazy-pages` asks it, and it has read ahead. */
import type { Socket } from "node:net";
import { announce, closed, RequestReader } from "./framing.ts";
import type { Range } from "./memory-source.ts";
import type { Pages } from "./read-ahead.ts";

/** What can be asked for pages: `ReadAhead`. */
export interface Shelf {
  ask(range: Range): Promise<Pages>;
}

/** Resolves when the asker has closed. Rejects if pages can't be had: the asker is left waiting then. */
export function relay(asker: Socket, shelf: Shelf): Promise<void> {
  asker.setNoDelay(true);
  const reader = new RequestReader();
  return new Promise((resolve, reject) => {
    let before: Promise<void> = Promise.resolve();
    asker.on("data", (chunk: Buffer) => {
      try {
        for (const request of reader.add(chunk)) {
          // Begun at once, so that a page that is touched is on its way while others are passed on; answered in turn, as CRIU expects.
          const found = request.kind === "get" ? shelf.ask(request.range) : null;
          found?.catch(reject);
          before = before.then(async () => send(asker, await found));
          before.catch(reject);
        }
      } catch (error) {
        reject(error);
      }
    });
    asker.on("error", () => {});
    asker.on("close", () => resolve());
  });
}

async function send(asker: Socket, found: Pages | null): Promise<void> {
  if (found === null) {
    asker.end(closed());
    return;
  }
  asker.cork();
  asker.write(announce(found.range));
  const taken = new Promise<void>((resolve) => asker.write(found.bytes, () => resolve()));
  asker.uncork();
  await taken;
  found.release();
}
