/** A bar for each day until today, as high as what it cost. */
import type { Bill } from "../../../../shared/daemon/contract.ts";
import { element } from "../element.ts";
import { spent } from "./numbers.ts";

const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", timeZone: "UTC" });

export function dayBars(days: Bill["days"]): HTMLElement {
  const most = Math.max(...days.map(({ dollars }) => dollars));
  const bars = days.map(({ date, dollars }) => {
    const text = `${DAY.format(new Date(date))}: ${spent(dollars)}`;
    const bar = element("span", { class: "bar" });
    bar.style.height = `${most === 0 ? 0 : (dollars / most) * 100}%`;
    return element("li", { title: text }, element("span", { class: "unseen" }, text), bar);
  });
  const [first, last] = [days.at(0), days.at(-1)].map((day) => (day ? DAY.format(new Date(day.date)) : ""));
  return element(
    "figure",
    {},
    element("figcaption", {}, `Cost by day (UTC), at most ${spent(most)}`),
    element("ol", { "aria-label": "Cost by day" }, ...bars),
    element(
      "p",
      { class: "hint", "aria-hidden": "true" },
      element("span", {}, first ?? ""),
      element("span", {}, last ?? ""),
    ),
  );
}
