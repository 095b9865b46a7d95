import { element } from "./element.ts";

const WHEN = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** A moment as the person's language writes it. */
export function timeOf(iso: string): HTMLElement {
  return element("time", { datetime: iso }, WHEN.format(new Date(iso)));
}
