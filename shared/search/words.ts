/** Words as searching sees them: of a text that is indexed, and of a question. Both sides must read them alike. */

const WORD = /[\p{L}\p{N}_]+/gu;
/** Scripts that write without spaces between words. */
const RUN = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]+/gu;
/** Of a run without spaces, words of this many letters are taken, one from each letter on. */
const PIECE_CHARS = 4;
/** Longer ones are hashes and encoded data. */
const MAX_CHARS = 40;

/** The words of `text` in their order: without case and accents. "Größen-Vergleich" → "grossen", "vergleich". */
export function wordsOf(text: string): string[] {
  const folded = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("ß", "ss").normalize("NFC");
  const words: string[] = [];
  for (const [word] of folded.matchAll(WORD)) {
    if (word.length <= MAX_CHARS) words.push(word);
    for (const [run] of word.matchAll(RUN)) {
      const letters = [...run];
      // The whole run is there already, where it is the word and short.
      for (let at = 0; at < letters.length; at++) {
        const piece = letters.slice(at, at + PIECE_CHARS).join("");
        if (piece !== word) words.push(piece);
      }
    }
  }
  return words;
}

/** What a question asks for. A run without spaces is found wherever it stands in a longer one. */
export function askedWords(question: string): string[] {
  return [...new Set(wordsOf(question))].filter((word) => word.length <= PIECE_CHARS || !isRun(word));
}

function isRun(word: string): boolean {
  return word.replace(RUN, "") === "";
}
