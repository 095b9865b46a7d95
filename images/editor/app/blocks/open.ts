/** Everything that makes a markdown document show as blocks. */
import type { Extension } from "@codemirror/state";
import { clicks } from "./clicks.ts";
import { blockKeys } from "./keys.ts";
import { blockLayer, type LayerInput } from "./layer.ts";
import type { Surroundings } from "./protocol.ts";
import { renderer } from "./renderer.ts";
import { sourceLines } from "./source-lines.ts";

export interface Blocks {
  readonly extension: Extension;
  /** The project's files have changed, and so may have where links lead. */
  setSurroundings(surroundings: Surroundings): void;
}

export function blocksOf(surroundings: Surroundings, input: LayerInput): Blocks {
  const start = () => new Worker("/app/blocks/worker.js", { type: "module" });
  const { extension, setSurroundings } = renderer(start, surroundings);
  return { extension: [blockLayer(input), extension, sourceLines, clicks, blockKeys], setSurroundings };
}

/** Other text files are shown as they are. */
export const hasBlocks = (path: string) => /\.q?md$/i.test(path);
