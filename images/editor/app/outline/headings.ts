/** The headings of a document, from a parse of its blocks that is kept and mended: a whole megabyte takes 40 ms, a change of it one or two. */
import { DocInput } from "@codemirror/language";
import { type ChangeDesc, Text } from "@codemirror/state";
import { type SyntaxNodeRef, type Tree, TreeFragment } from "@lezer/common";
import { parser } from "@lezer/markdown";
import { Slugs } from "../../../../reader/document/slug.ts";
import { splitFrontMatter } from "../../../../shared/document/front-matter.ts";

export interface Heading {
  /** 1 to 6. */
  readonly level: number;
  /** As one reads it, without marks. */
  readonly text: string;
  /** What a link's `#fragment` calls it. */
  readonly id: string;
  /** Offset of its line, or of the first one if it has several. */
  readonly from: number;
}

const BLOCKS = parser.configure({
  remove: [
    "Escape",
    "Entity",
    "InlineCode",
    "HTMLTag",
    "Emphasis",
    "HardBreak",
    "Link",
    "Image",
    "LinkEnd",
    "Autolink",
  ],
});
const CONTAINERS = new Set(["Document", "Blockquote", "BulletList", "OrderedList", "ListItem"]);
const HEADING = /^(?:ATX|Setext)Heading(\d)$/;
/** Front matter is looked for in no more than this, as shared/document/front-matter.ts does. */
const MATTER_CHARS = 70_000;

export function headingsOf(source: string): Heading[] {
  return new Headings(Text.of(source.split("\n"))).all;
}

export class Headings {
  #doc: Text;
  #tree: Tree;
  #start: number;
  /** What headings say by their source: most stay as they are. */
  #texts = new Map<string, string>();
  #all: Heading[];

  constructor(doc: Text) {
    this.#doc = doc;
    this.#start = startOf(doc);
    this.#tree = parse(doc, this.#start, []);
    this.#all = this.#collect();
  }

  /** In their order. */
  get all(): Heading[] {
    return this.#all;
  }

  /** @param changes from the document that was read last to this one */
  update(doc: Text, changes: ChangeDesc): void {
    const start = startOf(doc);
    const isMoved = start !== changes.mapPos(this.#start, 1);
    this.#tree = parse(doc, start, isMoved ? [] : TreeFragment.applyChanges(fragments(this.#tree), rangesOf(changes)));
    this.#start = start;
    this.#doc = doc;
    this.#all = this.#collect();
  }

  #collect(): Heading[] {
    const slugs = new Slugs();
    const texts = new Map<string, string>();
    const headings: Heading[] = [];
    this.#tree.iterate({
      enter: (node) => {
        const level = HEADING.exec(node.name)?.[1];
        if (level === undefined) return CONTAINERS.has(node.name);
        const source = contentOf(node, this.#doc);
        const text = this.#texts.get(source) ?? plainText(source);
        texts.set(source, text);
        headings.push({ level: Number(level), text, id: slugs.claim(text), from: node.from });
        return false;
      },
    });
    this.#texts = texts;
    return headings;
  }
}

function startOf(doc: Text): number {
  if (doc.line(1).text.trim() !== "---") return 0;
  const beginning = doc.sliceString(0, MATTER_CHARS);
  return beginning.length - splitFrontMatter(beginning).body.length;
}

function parse(doc: Text, from: number, known: readonly TreeFragment[]): Tree {
  const parsing = BLOCKS.startParse(new DocInput(withoutMatter(doc, from)), known);
  for (;;) {
    const tree = parsing.advance();
    if (tree) return tree;
  }
}

/** Front matter is blanked out, so that offsets stay and its lines are not taken for headings. */
function withoutMatter(doc: Text, end: number): Text {
  if (end === 0) return doc;
  const blank = doc.sliceString(0, end).replace(/[^\n]/g, " ");
  return doc.replace(0, end, Text.of(blank.split("\n")));
}

const fragments = (tree: Tree) => TreeFragment.addTree(tree);

function rangesOf(changes: ChangeDesc): { fromA: number; toA: number; fromB: number; toB: number }[] {
  const ranges: { fromA: number; toA: number; fromB: number; toB: number }[] = [];
  changes.iterChangedRanges((fromA, toA, fromB, toB) => ranges.push({ fromA, toA, fromB, toB }));
  return ranges;
}

/** The source of what it says, without the marks that make it a heading. */
function contentOf({ node, from, to }: SyntaxNodeRef, doc: Text): string {
  const marks = node.getChildren("HeaderMark");
  let text = "";
  let at = from;
  for (const mark of marks) {
    text += doc.sliceString(at, mark.from);
    at = mark.to;
  }
  return (text + doc.sliceString(at, to)).replace(/\s*\n[\s>]*/g, " ").trim();
}

const WIKI_LINK = /\[\[([^[\]|\n]+)(?:\|([^[\]\n]+))?\]\]/g;

/** As a reader would read it aloud (reader/document/heading.ts does so from its own tokens). */
function plainText(source: string): string {
  // After the marks of a heading nothing begins a list or a quote.
  const line = `# ${source.replace(WIKI_LINK, (_link, target: string, label?: string) => label ?? target)}`;
  let text = "";
  let at = 2;
  const leaveOut = (from: number, to: number) => {
    text += line.slice(at, from);
    at = to;
  };
  parser.parse(line).iterate({
    enter(node) {
      if (node.name === "Escape") leaveOut(node.from, node.from + 1);
      else if (isMarkup(node)) leaveOut(node.from, node.to);
    },
  });
  return (text + line.slice(at)).trim();
}

function isMarkup({ name, node }: SyntaxNodeRef): boolean {
  if (["EmphasisMark", "CodeMark", "HTMLTag", "LinkTitle", "LinkLabel"].includes(name)) return true;
  // Brackets that lead nowhere are brackets.
  if (name === "LinkMark") return node.parent?.name === "Autolink" || leadsSomewhere(node.parent);
  return name === "URL" && node.parent?.name !== "Autolink";
}

function leadsSomewhere(link: SyntaxNodeRef["node"] | null): boolean {
  return link?.getChild("URL") != null || link?.getChild("LinkLabel") != null;
}
