/** Items that are dragged: between two others, or onto a folder. */
import { isUnder } from "../../../../shared/fsml/path.ts";

type Place =
  | { readonly kind: "beside"; readonly item: HTMLElement; readonly edge: "above" | "below" }
  | { readonly kind: "into"; readonly item: HTMLElement };

/** Of a folder's line, at each end: there it is dropped beside it, else into it. */
const EDGE = 0.3;
/** Only what began here is dropped here. */
const TYPE = "application/x-markco-item";

/** @param drop without `before` it goes where its name puts it, with null behind all */
export function draggable(
  tree: HTMLElement,
  drop: (path: string, folder: string, before: string | null | undefined) => void,
): void {
  let dragged: string | null = null;
  let marked: HTMLElement | null = null;

  function mark(place: Place | null): void {
    if (marked) delete marked.dataset.drop;
    marked = place?.item ?? null;
    if (marked && place) marked.dataset.drop = place.kind === "into" ? "into" : place.edge;
  }

  tree.addEventListener("pointerdown", ({ target }) => {
    const item = target instanceof Element ? target.closest<HTMLElement>("li[data-path]") : null;
    // Only then: an item that can be dragged can't have its words selected, and mrmd.md stays.
    if (item && item.dataset.path !== "mrmd.md") item.draggable = true;
  });
  tree.addEventListener("dragstart", (event) => {
    const item = event.target instanceof Element ? event.target.closest<HTMLElement>("li[data-path]") : null;
    dragged = item?.dataset.path ?? null;
    if (dragged === null || !event.dataTransfer) return;
    event.dataTransfer.setData(TYPE, dragged);
    event.dataTransfer.effectAllowed = "move";
  });
  tree.addEventListener("dragover", (event) => {
    const place = dragged === null ? null : placeAt(event, dragged);
    mark(place);
    if (!place || !event.dataTransfer) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
  });
  tree.addEventListener("dragleave", ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && tree.contains(relatedTarget))) mark(null);
  });
  tree.addEventListener("drop", (event) => {
    const [path, place] = [dragged, dragged === null ? null : placeAt(event, dragged)];
    mark(null);
    if (path === null || !place) return;
    event.preventDefault();
    const target = place.item.dataset.path ?? "";
    if (place.kind === "into") return drop(path, target, undefined);
    const folder = target.slice(0, Math.max(0, target.lastIndexOf("/")));
    const next = place.edge === "above" ? place.item : nextOf(place.item, path);
    drop(path, folder, next ? nameOf(next) : null);
  });
  tree.addEventListener("dragend", () => {
    dragged = null;
    mark(null);
  });
}

function placeAt({ target, clientY }: DragEvent, dragged: string): Place | null {
  const item = target instanceof Element ? target.closest<HTMLElement>("li[data-path]") : null;
  const path = item?.dataset.path ?? "";
  if (!item || isUnder(path, dragged)) return null;
  const line = item.querySelector(":scope > details > summary") ?? item;
  const { top, height } = line.getBoundingClientRect();
  const share = (clientY - top) / height;
  if (item.dataset.kind === "folder" && share > EDGE && share < 1 - EDGE) return { kind: "into", item };
  // Below the line of an open folder is its first item.
  const isOpen = item.querySelector(":scope > details[open]") !== null;
  if (item.dataset.kind === "folder" && isOpen && share >= 1 - EDGE) return { kind: "into", item };
  return { kind: "beside", item, edge: share < 0.5 ? "above" : "below" };
}

/** The next item of the folder that is not the dragged one itself. */
function nextOf(item: HTMLElement, dragged: string): HTMLElement | null {
  let next = item.nextElementSibling;
  while (next instanceof HTMLElement && next.dataset.path === dragged) next = next.nextElementSibling;
  return next instanceof HTMLElement ? next : null;
}

const nameOf = ({ dataset: { path = "" } }: HTMLElement) => path.slice(path.lastIndexOf("/") + 1);
