/** Answers of the platform that are good for a moment. */

/** How long one is taken for true. */
const FRESH_MS = 10_000;

/** Asks once for each key, and anew when some time has passed or it failed. */
export function remembered<T>(ask: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const asked = new Map<string, { readonly at: number; readonly answer: Promise<T> }>();
  return (key) => {
    const before = asked.get(key);
    if (before && performance.now() - before.at < FRESH_MS) return before.answer;
    const answer = ask(key);
    asked.set(key, { at: performance.now(), answer });
    answer.catch(() => asked.delete(key));
    return answer;
  };
}
