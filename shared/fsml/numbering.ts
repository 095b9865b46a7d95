/**
 * New numbers for names, so that siblings stand in a wanted order (formats.md §1, "Moves"). As few names change as can be: gaps
 * stay, and one that fits between its neighbours is the only one that is named anew.
 */
import { compareNames, parseName } from "./name.ts";

export interface Sibling {
  readonly name: string;
  readonly kind: "file" | "folder";
}

/** With a number that nobody has written, two digits are usual. */
const USUAL_DIGITS = 2;

/**
 * @param wanted the siblings in the order that they are to have
 * @param moved the one of them that takes a new place
 * @returns the names that they have then, in that order
 */
export function numbered(wanted: readonly Sibling[], moved: Sibling): string[] {
  if (isSorted(wanted)) return wanted.map(({ name }) => name);
  const digits = digitsOf(wanted);
  const at = wanted.indexOf(moved);
  const names = wanted.map(({ name }) => name);
  let last = 0n;
  for (const [i, sibling] of wanted.entries()) {
    const order = orderOf(sibling);
    // Behind the one that was moved nothing has to change once the numbers fit again.
    if (i > at && (order === null || order > last)) break;
    if (order !== null && i < at && order > last) last = order;
    else {
      last = i === at ? between(last, wanted[i + 1], order) : last + 1n;
      names[i] = withNumber(sibling, last, digits);
    }
  }
  return names;
}

/** The number that it has, if that fits; else the next one. */
function between(last: bigint, next: Sibling | undefined, own: bigint | null): bigint {
  const limit = next ? orderOf(next) : null;
  return own !== null && own > last && (limit === null || own < limit) ? own : last + 1n;
}

function isSorted(siblings: readonly Sibling[]): boolean {
  return siblings.every((sibling, i) => {
    const before = siblings[i - 1];
    return !before || compareNames(before, sibling) < 0;
  });
}

function orderOf({ name, kind }: Sibling): bigint | null {
  const { order } = parseName(name, kind);
  return order === null ? null : BigInt(order);
}

function digitsOf(siblings: readonly Sibling[]): number {
  const written = siblings.flatMap((sibling) =>
    orderOf(sibling) === null ? [] : [/^\d+/.exec(sibling.name)?.[0].length ?? 0],
  );
  return written.length === 0 ? USUAL_DIGITS : Math.max(...written);
}

/** What stands between the number and the name stays what it was. */
function withNumber(sibling: Sibling, number: bigint, digits: number): string {
  const rest = orderOf(sibling) === null ? `-${sibling.name}` : sibling.name.replace(/^\d+/, "");
  return `${String(number).padStart(digits, "0")}${rest}`;
}
