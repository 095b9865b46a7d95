/** The renderer of this repository, warmed up as the Worker does it, in a site where every link leads somewhere. */
import { renderDocument } from "../../../../reader/document/render.ts";
import { warmUp } from "../../../../reader/document/warm-up.ts";

warmUp();

const context = {
  resolvePage: (target: string) => ({ href: `/${target}`, title: target }),
  resolveAsset: (path: string) => `/${path}`,
};

export const render = (source: string): string => renderDocument(source, context).html;
