/** markco's markdown: CommonMark with GitHub's extensions and what formats.md §3 adds. One parser for all documents. */
import MarkdownIt from "markdown-it";
import { alerts } from "./alert.ts";
import { autolinks } from "./autolink.ts";
import { carriageReturns } from "./carriage-return.ts";
import { cells } from "./cell.ts";
import { code } from "./code.ts";
import { figures } from "./figure.ts";
import { footnotes } from "./footnote.ts";
import { frames } from "./frame.ts";
import { headings } from "./heading.ts";
import { links } from "./links.ts";
import { math } from "./math/rules.ts";
import { nesting } from "./nesting.ts";
import { rawHtml } from "./raw-html/rules.ts";
import { strikethrough } from "./strikethrough.ts";
import { tables } from "./table.ts";
import { taskLists } from "./task-list.ts";
import { plainText } from "./text.ts";
import { cheapTokens } from "./tokens.ts";
import { wikiLinks } from "./wiki-link.ts";

export const dialect = new MarkdownIt({ html: true } as const)
  .use(cheapTokens)
  .use(plainText)
  .use(nesting)
  .use(math)
  .use(wikiLinks)
  .use(footnotes)
  .use(code)
  .use(carriageReturns)
  .use(tables)
  .use(strikethrough)
  .use(autolinks)
  // From here on the order counts: cells are recognised by the links as written, raw HTML comes when all else is in place.
  .use(cells)
  .use(figures)
  .use(alerts)
  .use(taskLists)
  .use(headings)
  .use(links)
  .use(frames)
  .use(rawHtml);
