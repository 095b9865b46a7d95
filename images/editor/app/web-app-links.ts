/** In results: behind the address of a web app that a cell serves, a link to where people see it. */
import { element } from "./element.ts";

/** What a server says of itself when it listens on its own machine. */
const LOCAL = /\bhttps?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]):(\d{4,5})(\/[\w./~%?&=#+-]*)?/g;

export function addWebAppLinks(block: HTMLElement, projectId: string): void {
  for (const output of block.querySelectorAll(".result pre.output")) {
    if (!/:\d{4,5}/.test(output.textContent)) continue;
    const walker = document.createTreeWalker(output, NodeFilter.SHOW_TEXT);
    const texts: Text[] = [];
    while (walker.nextNode()) texts.push(walker.currentNode as Text);
    for (const text of texts) linkIn(text, projectId);
  }
}

function linkIn(text: Text, projectId: string): void {
  // From the last one on: what is before it keeps its offsets.
  for (const match of [...text.data.matchAll(LOCAL)].reverse()) {
    const [whole, port, path = "/"] = match;
    const href = `/proxy/${projectId}/${port}${path}`;
    const link = element("a", { class: "app-link", href, target: "_blank", rel: "noopener" }, "Open app");
    text.splitText(match.index + whole.length).before(link);
  }
}
