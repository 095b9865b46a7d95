/** Which pages of a site were moved: what stood at one address before stands at another now. */
import { routeKey, type SitePage } from "../../shared/fsml/site.ts";

/** A page and what is known of its text. */
export interface PlacedPage extends SitePage {
  readonly sha256: string;
}

/** A page may be moved and edited in one step: half of its text must be the same. */
const ALIKE = 0.5;
/** Pages that are compared by their text. Beyond it a site was made anew, and nobody waits for a guess. */
const MAX_COMPARED = 100;

/** Texts of pages; null where one can't be had any more. */
export interface Texts {
  before(page: PlacedPage): Promise<string | null>;
  now(page: PlacedPage): Promise<string | null>;
}

/** The pages of `before` whose address is gone, by their file, and the page of `now` that each has become. */
export async function findMoves(
  before: readonly PlacedPage[],
  now: readonly PlacedPage[],
  texts: Texts,
): Promise<Map<string, PlacedPage>> {
  const live = new Set(now.map(({ url }) => routeKey(url)));
  const placedBefore = new Map(before.map((page) => [routeKey(page.url), page]));
  const moves = new Map<string, PlacedPage>();

  // The same text at an address where another one stood, or none.
  const arrived = now.filter(({ url, sha256 }) => placedBefore.get(routeKey(url))?.sha256 !== sha256);
  const bySha256 = Map.groupBy(arrived, ({ sha256 }) => sha256);
  const unexplained: PlacedPage[] = [];
  for (const page of before) {
    if (live.has(routeKey(page.url))) continue;
    const same = bySha256.get(page.sha256) ?? [];
    const target = same.find(({ url }) => nameOf(url) === nameOf(page.url)) ?? same[0];
    if (target) moves.set(page.file, target);
    else unexplained.push(page);
  }

  const explained = new Set([...moves.values()].map(({ file }) => file));
  const fresh = now.filter(({ url, file }) => !placedBefore.has(routeKey(url)) && !explained.has(file));
  if (unexplained.length > MAX_COMPARED || fresh.length > MAX_COMPARED) return moves;
  for (const [gone, target] of await mostAlike(unexplained, fresh, texts)) moves.set(gone.file, target);
  return moves;
}

async function mostAlike(
  gone: readonly PlacedPage[],
  fresh: readonly PlacedPage[],
  texts: Texts,
): Promise<[PlacedPage, PlacedPage][]> {
  if (gone.length === 0 || fresh.length === 0) return [];
  const linesNow = await Promise.all(fresh.map(async (page) => ({ page, lines: linesOf(await texts.now(page)) })));
  const pairs: { page: PlacedPage; target: PlacedPage; alike: number }[] = [];
  for (const page of gone) {
    const lines = linesOf(await texts.before(page));
    for (const candidate of linesNow) {
      const alike = likeness(lines, candidate.lines);
      if (alike >= ALIKE) pairs.push({ page, target: candidate.page, alike });
    }
  }
  const taken = new Set<PlacedPage>();
  return pairs
    .sort((a, b) => b.alike - a.alike)
    .flatMap(({ page, target }) => {
      if (taken.has(page) || taken.has(target)) return [];
      taken.add(page).add(target);
      return [[page, target] as [PlacedPage, PlacedPage]];
    });
}

/** Lines of text without where their links lead: that is what a move rewrites. */
function linesOf(text: string | null): Set<string> {
  const lines = (text ?? "").split("\n").map((line) => line.replace(/(?<=\]\()[^)]*|(?<=\[\[)[^\]|#]*/g, "").trim());
  return new Set(lines.filter((line) => line !== ""));
}

/** 1: the same lines, 0: none in common. Longer lines say more. */
function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const size = (lines: Iterable<string>) => [...lines].reduce((sum, { length }) => sum + length, 0);
  const common = size([...a].filter((line) => b.has(line)));
  return common === 0 ? 0 : common / Math.max(size(a), size(b));
}

function nameOf(url: string): string {
  return url.slice(url.lastIndexOf("/") + 1);
}
