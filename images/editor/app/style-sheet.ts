/** Style sheets that the editor does without: each is loaded with the page that needs it. */
import { element } from "./element.ts";

/** Resolves when the sheet is there. A page without its style can be read: it comes also where that can't be loaded. */
export function loadStyle(name: "home/home" | "usage/usage"): Promise<void> {
  const link = element("link", { rel: "stylesheet", href: `/app/${name}.css` });
  const settled = new Promise<void>((resolve) => {
    for (const event of ["load", "error"]) link.addEventListener(event, () => resolve());
  });
  document.head.append(link);
  return settled;
}
