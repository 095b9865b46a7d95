/** A notebook system, as the benchmark uses it. */
export interface Contender {
  readonly name: string;
  /** Runs a cell in the warm session to its end; returns its result as text, "" if it has none. */
  run(code: string): Promise<string>;
  /** Runs one of CELLS to its end, with all its output where a notebook has it. */
  deliver(cell: CellName): Promise<void>;
  complete(code: string, cursor: number): Promise<string[]>;
  /** Whether something is known about the object at `cursor`. */
  hover(code: string, cursor: number): Promise<boolean>;
  /** Starts another session and prints in it: milliseconds from the request until the output. */
  firstOutput(): Promise<number>;
  /** Megabytes of what runs for the warm session alone. */
  kernelMb(): Promise<number>;
}

export const LINES = 100_000;

const IMAGE_COUNT = 25;
const IMAGE_MB = 2;

export const IMAGES = {
  count: IMAGE_COUNT,
  megabytes: IMAGE_COUNT * IMAGE_MB,
  make: `import os
images = [b"\\x89PNG\\r\\n\\x1a\\n" + os.urandom(${IMAGE_MB * 1_000_000}) for _ in range(${IMAGE_COUNT})]`,
};

export const CELLS = {
  lines: `for i in range(${LINES}): print(i)`,
  images: 'for image in images: display({"image/png": image}, raw=True)',
};
export type CellName = keyof typeof CELLS;
