/** Which commands somebody may mean by a few letters, the likeliest first. */

/** Those that have it at their beginning, at a word's, anywhere, or have words that begin with what was typed, in that order. */
export function matching<T extends { readonly name: string }>(choices: readonly T[], typed: string): T[] {
  const letters = typed.trim().toLowerCase();
  return choices
    .map((choice) => ({ choice, rank: rankOf(choice.name.toLowerCase(), letters) }))
    .filter(({ rank }) => rank < NONE)
    .sort((a, b) => a.rank - b.rank)
    .map(({ choice }) => choice);
}

const NONE = 4;

function rankOf(name: string, letters: string): number {
  if (name.startsWith(letters)) return 0;
  const at = name.indexOf(letters);
  if (at > 0) return /\W/.test(name.charAt(at - 1)) ? 1 : 2;
  const words = name.split(/\W+/);
  let from = 0;
  for (const start of letters.split(/[\s_-]+/)) {
    from = words.findIndex((word, i) => i >= from && word.startsWith(start)) + 1;
    if (from === 0) return NONE;
  }
  return 3;
}
