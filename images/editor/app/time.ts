import { element } from "./element.ts";

const WHEN = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const HOUR = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

/** A moment as the person's language writes it. */
export function timeOf(iso: string): HTMLElement {
  return element("time", { datetime: iso }, WHEN.format(new Date(iso)));
}

/** Where there is little room: of today the hour, of other days the day. */
export function shortTimeOf(iso: string): HTMLElement {
  const at = new Date(iso);
  const isToday = at.toDateString() === new Date().toDateString();
  return element("time", { datetime: iso, title: WHEN.format(at) }, (isToday ? HOUR : DAY).format(at));
}
