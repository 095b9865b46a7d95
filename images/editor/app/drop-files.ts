/** Files that are dropped from the desktop onto the project's files. What is dragged within the page is none of its business. */
import { may } from "../../../shared/roles.ts";
import css from "./drop-files.css" with { type: "text" };
import { addStyle } from "./style.ts";
import type { Desk } from "./tools.ts";
import { dropped } from "./transfer/chosen.ts";

addStyle(css);

/** @param holder of the list of files, which is drawn anew each time that it changes */
export function takeDrops(desk: Desk, holder: HTMLElement): void {
  let marked: HTMLElement | null = null;

  function mark(place: HTMLElement | null): void {
    if (place === marked) return;
    marked?.removeAttribute("data-lands");
    place?.setAttribute("data-lands", "");
    marked = place;
  }

  /** Takes the event if files are over the list. Returns where they would land. */
  function over(event: DragEvent): HTMLElement | null {
    const isOurs = event.dataTransfer?.types.includes("Files") && may(desk.project.role, "write");
    const place = isOurs ? placeOf(event.target) : null;
    mark(place);
    if (!place || !event.dataTransfer) return null;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    return place;
  }

  holder.addEventListener("dragenter", over);
  holder.addEventListener("dragover", over);
  holder.addEventListener("dragleave", ({ relatedTarget }) => {
    if (!placeOf(relatedTarget)) mark(null);
  });
  holder.addEventListener("drop", (event) => {
    const place = over(event);
    mark(null);
    if (place && event.dataTransfer) void bringIn(event.dataTransfer, folderOf(place));
  });

  async function bringIn(data: DataTransfer, folder: string): Promise<void> {
    try {
      // Loaded with this file: what was dropped can be asked for in this very moment only.
      const listing = dropped(data);
      const { upload } = await import("./transfer/upload-box.ts");
      upload(desk, await listing, folder);
    } catch {
      desk.say("What was dropped can't be read.");
    }
  }
}

/** The folder that it is over, else the list; null elsewhere. */
function placeOf(target: EventTarget | null): HTMLElement | null {
  if (!(target instanceof Element)) return null;
  const list = target.closest<HTMLElement>(".files");
  return list && (target.closest<HTMLElement>(".files details") ?? list);
}

/** A folder's line has its path as its title. */
function folderOf(place: HTMLElement): string {
  return place.matches("details") ? (place.querySelector("summary")?.title ?? "") : "";
}
