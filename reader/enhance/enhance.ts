/** What a script adds to a page that is complete without it. Called once, with the page's document. */
import { addCopyButtons } from "./copy.ts";
import { fitFrames } from "./frames.ts";
import { followOutline } from "./outline.ts";
import { reachScrollers } from "./scroll.ts";
import { addSearchBox } from "./search-box.ts";
import { addThemeSwitch } from "./theme.ts";

export function enhance(document: Document): void {
  addSearchBox(document);
  addThemeSwitch(document);
  addCopyButtons(document);
  followOutline(document);
  reachScrollers(document);
  fitFrames(document);
}
