/**
 * A page's document, rendered once for each of its versions, whatever else changes in the site. What it shows of the site,
 * where its links lead and what its images are, is kept with it: while that is the same, so is the document.
 */
import { type RenderContext, type RenderedDocument, renderDocument } from "../../reader/document/render.ts";
import type { SitePage } from "../../shared/fsml/site.ts";
import { surroundings } from "./page.ts";
import { renderedWhile } from "./rendered.ts";
import type { SiteRequest } from "./request.ts";

type Context = Required<RenderContext>;
type Ask = { [Name in keyof Context]: [Name, ...Parameters<Context[Name]>] }[keyof Context];

interface Kept {
  readonly document: RenderedDocument;
  /** What the document asked of its surroundings, and each answer as JSON. */
  readonly asked: readonly (readonly [Ask, string])[];
}

export async function articleOf(request: SiteRequest, page: SitePage, sha256: string): Promise<RenderedDocument> {
  const { store, published, address } = request;
  const { user, name } = published.manifest;
  const context = surroundings(address, published, page);
  const text = await renderedWhile(
    request,
    // The file's place is what relative links start from.
    `articles/${sha256}/${encodeURIComponent(page.file)}`,
    async () => JSON.stringify(render(await (await store.object(user, name, sha256)).text(), context)),
    (found) => read(found).asked.every(([ask, answer]) => JSON.stringify(answerTo(context, ask)) === answer),
  );
  return read(text).document;
}

/** Written by this code alone. */
function read(text: string): Kept {
  return JSON.parse(text) as Kept;
}

function render(source: string, context: Context): Kept {
  const asked = new Map<string, readonly [Ask, string]>();
  const remember = <Answer>(ask: Ask, answer: Answer): Answer => {
    asked.set(JSON.stringify(ask), [ask, JSON.stringify(answer)]);
    return answer;
  };
  const document = renderDocument(source, {
    resolvePage: (...question) => remember(["resolvePage", ...question], context.resolvePage(...question)),
    resolveAsset: (...question) => remember(["resolveAsset", ...question], context.resolveAsset(...question)),
    diagramOf: (...question) => remember(["diagramOf", ...question], context.diagramOf(...question)),
    frameOf: (...question) => remember(["frameOf", ...question], context.frameOf(...question)),
    sizeOf: (...question) => remember(["sizeOf", ...question], context.sizeOf(...question)),
  });
  return { document, asked: [...asked.values()] };
}

function answerTo(context: Context, ask: Ask): unknown {
  switch (ask[0]) {
    case "resolvePage":
      return context.resolvePage(ask[1], ask[2]);
    case "resolveAsset":
      return context.resolveAsset(ask[1]);
    case "frameOf":
      return context.frameOf(ask[1]);
    case "sizeOf":
      return context.sizeOf(ask[1]);
    case "diagramOf":
      return context.diagramOf(ask[1]);
  }
}
