/** Where the project's site is and since when, beside the document's state. Loaded once the page is there. */
import type { SiteState } from "../../../shared/daemon/contract.ts";
import { element } from "./element.ts";
import { shortTimeOf } from "./time.ts";

/** In place of what `holder` shows. */
export function showLiveSite(holder: HTMLElement, site: SiteState): void {
  const { published, url, publishedAt, unreachable, problem } = site;
  const notice = (text: string, title: string) => element("span", { class: "site-problem", title }, text);
  holder.replaceChildren();
  if (published && url) {
    holder.append(element("a", { href: `/${url}`, target: "_blank" }, `Live at /${url}`));
    if (publishedAt) holder.append(element("span", { class: "hint" }, "published ", shortTimeOf(publishedAt)));
  }
  if (unreachable.length > 0) holder.append(notice(`${unreachable.length} not shown`, unreachable.join("\n")));
  if (problem) holder.append(notice(`Not published: ${problem}`, problem));
}
