/** What is measured, in the same way for every contender. */
import { type Contender, IMAGES, LINES } from "./contender.ts";
import { median, milliseconds, percentile, repeat, round } from "./statistics.ts";

const ECHOES = 300;
const QUESTIONS = 100;
const WARM_UP = 20;
/** Of what takes long. */
const REPEATS = 5;
/** After this an interpreter that has just started does nothing any more. */
const SETTLE_MS = 2_000;

export type Figures = Readonly<Record<string, number>>;

/** In this order: the memory of a fresh session is taken before it has done anything. */
const MEASURES = {
  async idle(contender: Contender) {
    await contender.run("pass");
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    return { idleMb: await contender.kernelMb() };
  },
  async echo(contender: Contender) {
    const times = await echoes((code) => contender.run(code));
    return { echoMs: median(times), echoP99Ms: percentile(times, 0.99) };
  },
  async lines(contender: Contender) {
    const times = await repeat(REPEATS, () => contender.deliver("lines"));
    return { linesPerSecond: (LINES / median(times)) * 1000 };
  },
  async complete(contender: Contender) {
    await contender.run("import numpy as np");
    const ask = async () => {
      const matches = await contender.complete("np.lin", 6);
      require(matches.some((match) => match.endsWith("linspace")), matches);
    };
    await repeat(WARM_UP, ask);
    return { completeMs: median(await repeat(QUESTIONS, ask)) };
  },
  async hover(contender: Contender) {
    await contender.run("import numpy as np");
    const ask = async () => require(await contender.hover("np.linspace(0, 1)", 6), "nothing is known of np.linspace");
    await repeat(WARM_UP, ask);
    return { hoverMs: median(await repeat(QUESTIONS, ask)) };
  },
  async images(contender: Contender) {
    const times: number[] = [];
    for (let i = 0; i < REPEATS; i++) {
      // New ones each time: ours are files named by their content, and one that is there is not written again.
      await contender.run(IMAGES.make);
      times.push(await milliseconds(() => contender.deliver("images")));
      await contender.run("del images, image");
    }
    return { imageMbPerSecond: (IMAGES.megabytes / median(times)) * 1000 };
  },
  async fresh(contender: Contender) {
    const times: number[] = [];
    for (let i = 0; i < REPEATS; i++) times.push(await contender.firstOutput());
    return { freshSessionMs: median(times) };
  },
};
type Measure = keyof typeof MEASURES;

export const ALL = Object.keys(MEASURES) as Measure[];
export const LATENCIES: readonly Measure[] = ["echo", "complete", "hover", "fresh"];

/** The figures of each contender. They take turns, so that what else the machine does hits one like the other. */
export async function measure(contenders: readonly Contender[], what: readonly Measure[]): Promise<Figures[]> {
  const figures = contenders.map((): Record<string, number> => ({}));
  for (const name of what) {
    for (const [i, contender] of contenders.entries()) {
      process.stderr.write(`bench: ${name}, ${contender.name}\n`);
      Object.assign(figures[i] ?? {}, await MEASURES[name](contender));
    }
  }
  return figures.map(rounded);
}

/** Round trips of `1+1` through `run`. */
export async function echoes(run: (code: string) => Promise<string>): Promise<number[]> {
  const echo = async () => {
    const text = await run("1+1");
    require(text === "2", text);
  };
  await repeat(WARM_UP, echo);
  return repeat(ECHOES, echo);
}

/** For each figure of `theirs`, how many times better `ours` is: more a second, or less of milliseconds and memory. */
export function ratios(ours: Figures, theirs: Figures): Figures {
  const ratio = ([name, value]: [string, number]) => {
    const mine = ours[name] ?? Number.NaN;
    return [name, name.endsWith("PerSecond") ? mine / value : value / mine];
  };
  return rounded(Object.fromEntries(Object.entries(theirs).map(ratio)));
}

function rounded(figures: Figures): Figures {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, round(value)]));
}

/** A wrong answer has no speed. */
function require(isRight: boolean, answer: unknown): void {
  if (!isRight) throw new Error(`a wrong answer: ${JSON.stringify(answer)}`);
}
