/** `/usage`: what a person's machines cost this month, what runs now, and what the platform offers. Loaded for this page alone. */
import { Bill, HostList } from "../../../../shared/daemon/contract.ts";
import { InUse, Plan } from "../../../../shared/usage.ts";
import { json, type User } from "../api.ts";
import { element } from "../element.ts";
import { addStyle } from "../style.ts";
import { topBar } from "../top-bar.ts";
import { dayBars } from "./day-bars.ts";
import { HOURS, spent } from "./numbers.ts";
import { included, pricesOf } from "./plan.ts";
import { runningNow } from "./running.ts";
import { kept } from "./snapshots.ts";
import { table } from "./table.ts";
import css from "./usage.css" with { type: "text" };

addStyle(css);

/** Throws ApiError if what was used is not known. */
export async function showUsage(root: HTMLElement, user: User): Promise<void> {
  document.title = "Usage · markco";
  // The last two are the base server's to say: without it the page has less.
  const [bill, { projects }, hosts, plan] = await Promise.all([
    json(Bill, "/api/cost"),
    json(InUse, "/api/usage"),
    json(HostList, "/api/hosts").catch(() => null),
    json(Plan, "/api/plan").catch(() => null),
  ]);
  root.replaceChildren(
    topBar(user),
    element(
      "main",
      { class: "usage" },
      element("h1", {}, "Usage"),
      ...(hosts === null || plan === null
        ? [
            element(
              "p",
              { class: "problem", role: "alert" },
              "The base server does not answer: machines that run now and prices can't be shown.",
            ),
          ]
        : []),
      section("Plan", ...included(plan)),
      section(monthOf(bill), ...costs(bill)),
      section("Running now", runningNow(projects, hosts?.hosts ?? [], plan, user)),
      section("Snapshots", kept(projects, plan, user)),
      ...(plan === null ? [] : [section("Sizes and prices", pricesOf(plan))]),
    ),
  );
}

function section(title: string, ...content: readonly HTMLElement[]): HTMLElement {
  return element("section", {}, element("h2", {}, title), ...content);
}

function monthOf({ from }: Bill): string {
  return new Intl.DateTimeFormat(undefined, { month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(from));
}

function costs(bill: Bill): HTMLElement[] {
  const { projects, days, dollars, forecastDollars, alwaysOnDollars } = bill;
  if (projects.length === 0) {
    return [
      element(
        "p",
        { class: "hint" },
        "No machine has run for you this month. Cells run on the base server, which is not counted here, until they need more.",
      ),
    ];
  }
  const figure = (label: string, amount: number) =>
    element("div", {}, element("dt", {}, label), element("dd", {}, spent(amount)));
  const seconds = projects.reduce((sum, line) => sum + line.seconds, 0);
  return [
    element(
      "dl",
      {},
      figure("So far", dollars),
      figure("By the end of the month, if it goes on so", forecastDollars),
      figure("If the largest machines had never slept", alwaysOnDollars),
    ),
    dayBars(days),
    table({
      label: "Cost by project and size",
      columns: [
        { title: "Project" },
        { title: "Size" },
        { title: "Hours", isNumber: true },
        { title: "Cost", isNumber: true },
      ],
      rows: projects.map(({ project, tier, seconds: ran, dollars: cost, running }) => [
        project,
        running ? `${tier}, running` : tier,
        HOURS.format(ran / 3600),
        spent(cost),
      ]),
      foot: ["Together", "", HOURS.format(seconds / 3600), spent(dollars)],
    }),
  ];
}
