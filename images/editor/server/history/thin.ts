/**
 * Which versions are given up: all are kept for a day, one an hour for a month, then one a day, as long as there is room. The
 * newest ones stay whatever the clock says: one that is set wrong for a moment makes all of them old.
 */
import type { Author } from "../../../../shared/editor/history.ts";
import { isSame } from "./by.ts";
import type { KeptVersion } from "./versions.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MONTH_MS = 30 * DAY_MS;
export const MAX_VERSIONS = 500;
/** Of the newest, so many stay. */
export const NEWEST = 50;
/** On disk. */
export const MAX_HISTORY_BYTES = 16 * 1024 * 1024;

/** Those that stay, oldest first. Whoever changed something on the way to one that goes, did so on the way to the next. */
export function thinned(versions: readonly KeptVersion[], nowMs: number): KeptVersion[] {
  const kept: KeptVersion[] = [];
  for (const version of versions.slice(0, -NEWEST)) {
    const last = kept.at(-1);
    if (last && slotOf(last, nowMs) === slotOf(version, nowMs)) kept[kept.length - 1] = joined(last, version);
    else kept.push(version);
  }
  kept.push(...versions.slice(-NEWEST));
  let bytes = kept.reduce((sum, version) => sum + version.bytes, 0);
  while (kept.length > 1 && (kept.length > MAX_VERSIONS || bytes > MAX_HISTORY_BYTES)) {
    bytes -= kept.shift()?.bytes ?? 0;
  }
  return kept;
}

/** Of the versions in one slot the last is kept. */
function slotOf({ id, ended }: KeptVersion, nowMs: number): string {
  const at = Date.parse(ended);
  const age = nowMs - at;
  if (age < DAY_MS) return `version ${id}`;
  return age < MONTH_MS ? `hour ${Math.floor(at / HOUR_MS)}` : `day ${Math.floor(at / DAY_MS)}`;
}

function joined(gone: KeptVersion, stays: KeptVersion): KeptVersion {
  const authors: Author[] = [...gone.authors];
  for (const author of stays.authors) if (!authors.some((each) => isSame(each, author))) authors.push(author);
  return { ...stays, began: gone.began, authors };
}
