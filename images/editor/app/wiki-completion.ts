/**
 * Completion of links: behind `[[` the pages of the project, behind `[[page#` its headings, behind `](` the files of the project
 * as links from here. Loaded when the document is open.
 */
import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
  selectedCompletion,
} from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import type { EditorState, Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { Tree } from "../../../shared/editor/tree.ts";
import { relativeLink } from "../../../shared/fsml/path.ts";
import { resolveWikiLink } from "../../../shared/fsml/resolve.ts";
import { layOutSite, type Site, type SitePage } from "../../../shared/fsml/site.ts";
import { fileUrl } from "./address.ts";
import { json, request } from "./api.ts";
import type { Surroundings } from "./blocks/protocol.ts";
import { insertInLink } from "./links/insert.ts";
import { remembered } from "./links/remembered.ts";
import { wikiFragment, wikiTarget } from "./links/wiki-target.ts";
import { type Heading, headingsOf } from "./outline/headings.ts";

const SPECIALS = {
  next: "the next page",
  prev: "the page before",
  up: "the page above",
  home: "the first page",
  toc: "the first page, as a table of contents",
} as const;
const OTHERS = { name: "From here", rank: 1 };

/** What the completion of a page inserts, for a `#` that is typed while it is chosen. */
const targets = new WeakMap<Completion, () => string>();

interface Known {
  readonly site: Site;
  readonly from: SitePage;
  readonly files: readonly string[];
}

export interface LinkCompletion {
  readonly source: CompletionSource;
  /** A `#` behind a page that is chosen in the list takes the page, and goes on with its headings. */
  readonly extension: Extension;
}

export function linkCompletion({ projectId, path, slug }: Surroundings): LinkCompletion {
  const lookUp = remembered(async (projectId): Promise<Known> => {
    const { files, titles } = await json(Tree, `/api/projects/${projectId}/editor/tree`);
    const site = layOutSite({ paths: files, titles: new Map(Object.entries(titles)), projectTitle: slug });
    const from = site.pages.find(({ file }) => file === path) ?? { file: path, url: "", title: path };
    latest = { site, from, files };
    return latest;
  });
  let latest: Known | null = null;
  const headingsIn = remembered(async (file) => headingsOf(await (await request(fileUrl(projectId, file))).text()));

  async function pages(from: number): Promise<CompletionResult> {
    const { site, from: here } = await lookUp(projectId);
    const linkable = site.pages.filter(({ file }) => file !== path && !/[[\]|#\n]/.test(file));
    const options = linkable.map((page, i) => pageOption(page, i, () => wikiTarget(site, here, page) ?? page.file));
    const specials = Object.entries(SPECIALS).flatMap(([target, what], i): Completion[] => {
      const page = resolveWikiLink(site, here, target);
      return page ? [{ label: target, detail: what, section: OTHERS, sortText: String(i), apply: taking(target) }] : [];
    });
    return {
      from,
      options: [...options, ...specials],
      validFor: /^[^[\]|#\n]*$/,
      getMatch: ({ displayLabel = "" }, matched = []) =>
        matched.slice(0, matched.findLastIndex((to, i) => i % 2 === 1 && to <= displayLabel.length) + 1),
    };
  }

  async function headings(context: CompletionContext, target: string, from: number): Promise<CompletionResult | null> {
    const { site, from: here } = await lookUp(projectId);
    const page = resolveWikiLink(site, here, target);
    if (!page) return null;
    const found = page.file === path ? headingsOf(context.state.doc.toString()) : await headingsIn(page.file);
    return { from, options: found.map(headingOption), validFor: /^[^[\]|\n]*$/ };
  }

  async function files(from: number, isImage: boolean): Promise<CompletionResult> {
    const all = (await lookUp(projectId)).files.filter((file) => file !== path && (!isImage || PICTURE.test(file)));
    const options = all.map((file, i): Completion => {
      const link = relativeLink(path, file);
      return {
        label: link,
        sortText: order(i),
        apply: (view, it, from, to) => insertInLink(view, it, { from, to }, link, ")"),
      };
    });
    return { from, options, validFor: /^[^()\s]*$/ };
  }

  async function ask(context: CompletionContext): Promise<CompletionResult | null> {
    const wiki = context.matchBefore(/\[\[[^[\]|\n]*$/);
    const link = wiki ? null : context.matchBefore(/!?\[[^[\]\n]*\]\([^()\s]*$/);
    const found = wiki ?? link;
    if (!found || isCode(context.state, found.from + 1)) return null;
    if (link) return files(link.from + link.text.lastIndexOf("(") + 1, link.text.startsWith("!"));
    const hash = found.text.indexOf("#");
    if (hash === -1) return pages(found.from + 2);
    return headings(context, found.text.slice(2, hash), found.from + hash + 1);
  }

  /** Without an answer of the platform there is nothing to choose from, and one types on. */
  const source: CompletionSource = (context) => ask(context).catch(() => null);

  function takeOnHash(view: EditorView, from: number, to: number, text: string): boolean {
    const chosen = text === "#" && latest ? selectedCompletion(view.state) : null;
    const target = chosen ? targets.get(chosen)?.() : undefined;
    if (!latest || target === undefined || view.state.readOnly) return false;
    const line = view.state.doc.lineAt(from);
    const begin = line.text.slice(0, from - line.from).lastIndexOf("[[") + 2;
    // What is written in full is meant as it is written.
    if (resolveWikiLink(latest.site, latest.from, line.text.slice(begin, from - line.from))) return false;
    view.dispatch({
      changes: { from: line.from + begin, to, insert: `${target}#` },
      selection: { anchor: line.from + begin + target.length + 1 },
      userEvent: "input.type",
      scrollIntoView: true,
    });
    return true;
  }

  return { source, extension: EditorView.inputHandler.of(takeOnHash) };
}

const PICTURE = /\.(?:png|jpe?g|gif|svg|webp|avif)$/i;

function isCode(state: EditorState, at: number): boolean {
  for (let node = syntaxTree(state).resolveInner(at, -1); ; ) {
    if (["FencedCode", "CodeBlock", "InlineCode"].includes(node.name)) return true;
    if (!node.parent) return false;
    node = node.parent;
  }
}

/** Sorts as numbers do. */
const order = (at: number) => String(at).padStart(6, "0");

function pageOption({ file, title }: SitePage, at: number, target: () => string): Completion {
  const option: Completion = {
    // Found by either; the title is what one sees first.
    label: `${title} ${file}`,
    displayLabel: title,
    detail: file,
    sortText: order(at),
    apply: (view, it, from, to) => taking(target())(view, it, from, to),
  };
  targets.set(option, target);
  return option;
}

function headingOption(heading: Heading, at: number): Completion {
  const { text, level } = heading;
  return {
    label: text || heading.id,
    detail: "#".repeat(level),
    sortText: order(at),
    apply: taking(wikiFragment(heading)),
  };
}

type Apply = (view: EditorView, completion: Completion, from: number, to: number) => void;

function taking(text: string): Apply {
  return (view, completion, from, to) => insertInLink(view, completion, { from, to }, text, "]]");
}
