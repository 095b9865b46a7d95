/** The renderer of this repository, in a site where every link leads somewhere. */
import { renderDocument } from "../../../../reader/document/render.ts";

const context = {
  resolvePage: (target: string) => ({ href: `/${target}`, title: target }),
  resolveAsset: (path: string) => `/${path}`,
};

export const render = (source: string): string => renderDocument(source, context).html;
