/** Lines for the person who waits. Quick steps stay silent; what takes longer than PATIENCE_MS says so and how long it took. */
const PATIENCE_MS = 3_000;

export function say(line: string): void {
  process.stderr.write(`markco: ${line}\n`);
}

export interface Step {
  /** What is happening inside the step now; shown at most every PATIENCE_MS. */
  detail(text: string): void;
}

/** Runs `act` and keeps the person informed: `what` names the step and stands in "… (12 s)". */
export async function step<T>(what: string, act: (step: Step) => Promise<T>): Promise<T> {
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1000);
  let said = false;
  let latest = "";
  const timer = setInterval(() => {
    if (!said) say(`${what} …`);
    else if (latest) say(`${what}: ${latest} (${seconds()} s)`);
    said = true;
    latest = "";
  }, PATIENCE_MS);
  try {
    const result = await act({
      detail: (text) => {
        latest = text;
      },
    });
    if (said) say(`${what}: done (${seconds()} s)`);
    return result;
  } finally {
    clearInterval(timer);
  }
}
