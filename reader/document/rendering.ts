/** What the rules of the dialect share while one document is rendered. Travels in markdown-it's `env`. */
import type { Env } from "markdown-it";
import { Highlighter } from "../highlight/highlight.ts";
import { MathWriter } from "./math/writer.ts";
import type { Heading, RenderContext } from "./render.ts";
import { Slugs } from "./slug.ts";

export class Rendering {
  readonly context: RenderContext;
  /** The whole document, with its front matter. */
  readonly source: string;
  readonly headings: Heading[] = [];
  readonly slugs = new Slugs();
  readonly math = new MathWriter();
  readonly code = new Highlighter();

  constructor(context: RenderContext, source: string) {
    this.context = context;
    this.source = source;
  }

  get env(): Env {
    return { [KEY]: this };
  }

  static of(env: Env | undefined): Rendering {
    const rendering = env?.[KEY];
    if (rendering instanceof Rendering) return rendering;
    throw new TypeError("the dialect's rules need an env made by Rendering");
  }
}

const KEY = Symbol("rendering");
