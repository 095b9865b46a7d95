/** What the rules of the dialect share while one document is rendered. Travels in markdown-it's `env`. */
import type { Env } from "markdown-it";
import { Highlighter } from "../highlight/highlight.ts";
import { MathWriter } from "./math/writer.ts";
import type { Heading, RenderContext } from "./render.ts";
import { Slugs } from "./slug.ts";

/** Each is a page of its own to the browser. What is beyond is shown as code and links. */
const MAX_FRAMES = 100;

export class Rendering {
  readonly context: RenderContext;
  /** The whole document, with its front matter. */
  readonly source: string;
  readonly headings: Heading[] = [];
  readonly slugs = new Slugs();
  readonly math = new MathWriter();
  readonly code = new Highlighter();
  #framesLeft = MAX_FRAMES;

  constructor(context: RenderContext, source: string) {
    this.context = context;
    this.source = source;
  }

  /** Whether the page has room for one more frame; if so, it has one less. */
  takeFrame(): boolean {
    return --this.#framesLeft >= 0;
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
