/** The fenced code blocks of a markdown document, found by a CommonMark parser (not by matching lines). */
import { parser } from "@lezer/markdown";
import { frontMatterBlock } from "./front-matter-block.ts";

export interface Fence {
  /** UTF-16 offsets in the source: from the opening mark to the end of the closing one (without its line break). */
  readonly from: number;
  readonly to: number;
  /** The whole info string, trimmed. */
  readonly info: string;
  /** The text between the fences, its last line break taken off; indentation of a list or quote is taken off too. */
  readonly text: string;
  /** Where the text starts in the source. */
  readonly textFrom: number;
  /** False while the closing mark is missing: the block reaches to the end of its container. */
  readonly closed: boolean;
}

/** Finds all fences in order, also those inside lists and quotes. */
export function findFences(source: string): Fence[] {
  const fences: Fence[] = [];
  const text = withoutFrontMatter(source);
  parser.parse(text).iterate({
    enter(node) {
      if (node.name !== "FencedCode") return;
      const marks = node.node.getChildren("CodeMark");
      const info = node.node.getChild("CodeInfo");
      const parts = node.node.getChildren("CodeText");
      const openingEnd = text.indexOf("\n", node.from);
      fences.push({
        from: node.from,
        to: node.to,
        info: info ? text.slice(info.from, info.to).trim() : "",
        text: parts.map((part) => text.slice(part.from, part.to)).join(""),
        textFrom: parts[0]?.from ?? (openingEnd === -1 ? node.to : openingEnd + 1),
        closed: marks.length > 1,
      });
      return false;
    },
  });
  return fences;
}

/** Front matter is blanked out, so that offsets stay and its `---` is not taken for a heading or its text for blocks. */
function withoutFrontMatter(source: string): string {
  const to = frontMatterBlock(source)?.to ?? 0;
  return source.slice(0, to).replace(/[^\n]/g, " ") + source.slice(to);
}
