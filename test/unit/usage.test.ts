/** The page of usage in a real browser, in front of an API that the test answers. Pictures are kept in test/artefacts. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Page, Route } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import { planOf } from "../../compute/tiers/routes.ts";
import { DEFAULT_TIERS, Tiers } from "../../compute/tiers/tiers.ts";
import type { Bill, HostState } from "../../shared/daemon/contract.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import type { Plan, ProjectInUse } from "../../shared/usage.ts";
import { hasBrowser } from "../browser.ts";
import { violationsOn } from "./axe.ts";
import { useApp } from "./editor/app.ts";
import { ARTEFACTS, ME, ORIGIN } from "./editor/app-files.ts";

const WAVES = randomUUID();
const TERMS = { EC2_ENDPOINT: "http://127.0.0.1:4000", IDLE_SECONDS: 1200, SNAPSHOT_QUOTA_BYTES: 20 * 1024 ** 3 };

/** Of a month whose 18th day is today. @param spent dollars by day of the month */
const billOf = (spent: Readonly<Record<number, number>>, more: Partial<Bill> = {}): Bill => ({
  from: "2026-11-01T00:00:00.000Z",
  until: "2026-12-01T00:00:00.000Z",
  projects: [],
  dollars: 0,
  days: Array.from({ length: 18 }, (_, i) => ({
    date: `2026-11-${String(i + 1).padStart(2, "0")}`,
    dollars: spent[i + 1] ?? 0,
  })),
  forecastDollars: 0,
  alwaysOnDollars: 0,
  ...more,
});
const NOTHING = billOf({});
const LONG = "a-rather-long-name-of-a-project-for-a-narrow-screen";
const BUSY = billOf(
  { 2: 0.9024, 5: 16.096, 6: 20.12, 11: 0.0013, 18: 0.6016 },
  {
    projects: [
      { project: "waves", tier: "g5.xlarge", seconds: 129_600, dollars: 36.216, running: false },
      { project: "waves", tier: "t3a.large", seconds: 72_000, dollars: 1.504, running: true },
      { project: LONG, tier: "t3a.large", seconds: 60, dollars: 0.0013, running: false },
    ],
    dollars: 37.7213,
    forecastDollars: 63.75,
    alwaysOnDollars: 409.75,
  },
);

describe.skipIf(!hasBrowser)("the page of usage", () => {
  const app = useApp();
  let page: Page;
  let bill: Bill;
  let projects: ProjectInUse[];
  let hosts: HostState[];
  let plan: Plan;
  let isBaseServerThere: boolean;
  let loaded: string[];

  beforeEach(async () => {
    bill = NOTHING;
    [projects, hosts] = [[], []];
    plan = planOf(new Tiers(DEFAULT_TIERS), TERMS);
    isBaseServerThere = true;
    loaded = [];
    page = await app.play(answer, { viewport: { width: 1280, height: 900 }, locale: "en-US" });
    page.on("request", (request) => loaded.push(new URL(request.url()).pathname));
  });

  async function answer(route: Route): Promise<void> {
    const { pathname } = new URL(route.request().url());
    const ofDaemon = ["/api/hosts", "/api/plan"].includes(pathname);
    if (ofDaemon && !isBaseServerThere) {
      const fault = new Fault("unavailable", "the base server does not answer");
      return route.fulfill({ status: fault.status, json: fault.toBody() });
    }
    const answers: Record<string, object> = {
      "/api/me": { user: { userId: ME, handle: "demo", name: "Demo" } },
      "/api/projects": { projects: [] },
      "/api/cost": bill,
      "/api/usage": { projects },
      "/api/hosts": { hosts },
      "/api/plan": plan,
    };
    const json = answers[pathname];
    return json ? route.fulfill({ json }) : route.fulfill({ status: 404, json: {} });
  }

  const held = (slug: string, more: Partial<ProjectInUse> = {}): ProjectInUse => ({
    projectId: randomUUID(),
    slug,
    runtime: null,
    snapshots: { count: 0, bytes: 0 },
    ...more,
  });
  const host = (more: Partial<HostState> = {}): HostState => ({
    id: randomUUID(),
    tier: "t3a.large",
    state: "ready",
    instanceId: "i-1",
    projectId: WAVES,
    connected: true,
    dollarsPerHour: 0.0752,
    since: "2026-11-18T10:00:00.000Z",
    ...more,
  });
  const busyMonth = () => {
    bill = BUSY;
    projects = [
      held("notes", { snapshots: { count: 3, bytes: 5 * 1024 ** 3 } }),
      held("tides", { runtime: { state: "running", tier: "local" } }),
      held("asleep", { runtime: { state: "asleep", tier: "t3a.small" } }),
      held("waves", { projectId: WAVES, runtime: { state: "running", tier: "t3a.large" } }),
    ];
    hosts = [host(), host({ tier: "t3a.xlarge", state: "launching", dollarsPerHour: 0.1504 })];
  };

  const open = async () => {
    await page.goto(`${ORIGIN}/usage`);
    await page.getByRole("heading", { level: 1, name: "Usage" }).waitFor();
  };
  const cells = (table: string) =>
    page
      .getByRole("table", { name: table })
      .locator("tbody tr, tfoot tr")
      .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));

  test("costs stand by project and size, with hours and a bar for each day until now", async () => {
    busyMonth();
    await open();
    expect(await cells("Cost by project and size")).toEqual([
      ["waves", "g5.xlarge", "36.00", "$36.22"],
      ["waves", "t3a.large, running", "20.00", "$1.50"],
      [LONG, "t3a.large", "0.02", "< $0.01"],
      ["Together", "", "56.02", "$37.72"],
    ]);
    const figures = await page.locator("dl div").allTextContents();
    expect(figures.map((text) => text.replace(/^.*(?=\$)/, ""))).toEqual(["$37.72", "$63.75", "$409.75"]);
    const days = page.getByRole("list", { name: "Cost by day" }).getByRole("listitem");
    expect(await days.count()).toBe(18);
    expect(await days.nth(4).textContent()).toBe("November 5: $16.10");
    const heights = await days.evaluateAll((all) => all.map((day) => day.querySelector(".bar")?.clientHeight ?? -1));
    expect([heights[0], heights[5]]).toEqual([0, Math.max(...heights)]);
    expect((heights[4] ?? 0) / (heights[5] ?? 1)).toBeCloseTo(16 / 20, 1);
    await page.getByRole("heading", { name: "November 2026" }).waitFor();
  });

  test("what runs is one line for each machine, and for each runtime that is on none", async () => {
    busyMonth();
    await open();
    expect(await cells("Running now")).toEqual([
      ["tides", "local", "running", "included"],
      ["waves", "t3a.large", expect.stringMatching(/^running, since .*2026/), "$0.0752"],
      ["waves", "t3a.xlarge", expect.stringMatching(/^starting, since/), "$0.1504"],
    ]);
    expect(await page.getByRole("link", { name: "tides" }).getAttribute("href")).toBe("/edit/@demo/tides");
    expect(await cells("Snapshots by project")).toEqual([["notes", "3", "5.0 GB of 20.0 GB"]]);
  });

  test("a machine that is ready for a runtime which is elsewhere is said to be kept, and one that ends to end", async () => {
    projects = [held("waves", { projectId: WAVES, runtime: { state: "running", tier: "local" } })];
    hosts = [host(), host({ tier: "t3a.small", state: "leaving", dollarsPerHour: 0.0188 })];
    await open();
    const states = (await cells("Running now")).map(([, , state]) => state?.replace(/,.*/, ""));
    expect(states).toEqual(["running", "kept ready", "ending"]);
  });

  test("the plan says that nothing is charged, what everybody has, and what each size would cost", async () => {
    await open();
    const text = await page.getByRole("main").textContent();
    expect(text).toContain("Nothing is charged. There is no payment yet. This is a local platform");
    expect(text).toContain("2 CPUs, 2.0 GB of memory, up to 4.0 GB");
    expect(text).toContain("it ends when the runtime sleeps, 20 minutes after it was last used");
    expect(text).toContain("20.0 GB of snapshots in each project");
    const prices = await cells("Sizes and prices");
    expect(prices).toHaveLength(DEFAULT_TIERS.length);
    expect([prices.at(0), prices.at(-1)]).toEqual([
      ["local", "2", "2.0 GB", "–", "included"],
      ["g5.xlarge", "4", "16.0 GB", "A10G", "$1.0060"],
    ]);
    plan = planOf(new Tiers(DEFAULT_TIERS), { IDLE_SECONDS: 60, SNAPSHOT_QUOTA_BYTES: 1024 ** 3 });
    await open();
    const elsewhere = await page.getByRole("main").textContent();
    expect(elsewhere).toContain("The dollars say what machines cost whoever runs this platform.");
    expect(elsewhere).not.toContain("local platform");
  });

  test("who has used nothing is told so, and sees no empty table", async () => {
    await open();
    await page.getByText("No machine has run for you this month.").waitFor();
    await page.getByText("Nothing. A runtime starts with the first cell that is run.").waitFor();
    expect(await page.getByRole("table").count()).toBe(1);
    expect(await page.getByRole("figure").count()).toBe(0);
    await page.screenshot({ path: join(ARTEFACTS, "usage-empty.png"), fullPage: true });
    expect(await violationsOn(page)).toEqual([]);
  });

  test("while the base server does not answer, what the database knows is there and the rest is said to be missing", async () => {
    busyMonth();
    isBaseServerThere = false;
    await open();
    await page.getByRole("alert").filter({ hasText: "The base server does not answer" }).waitFor();
    expect((await cells("Cost by project and size")).at(-1)?.at(-1)).toBe("$37.72");
    expect(await cells("Running now")).toEqual([
      ["tides", "local", "running", "–"],
      ["waves", "t3a.large", "running", "–"],
    ]);
    expect(await cells("Snapshots by project")).toEqual([["notes", "3", "5.0 GB"]]);
    expect(await page.getByRole("table", { name: "Sizes and prices" }).count()).toBe(0);
    expect(await violationsOn(page)).toEqual([]);
  });

  test("it is reached from home, and its code comes only then", async () => {
    await page.goto(`${ORIGIN}/`);
    await page.getByRole("heading", { name: "Projects" }).waitFor();
    expect(loaded.filter((path) => path.includes("usage"))).toEqual([]);
    await page.getByRole("link", { name: "Usage" }).click();
    await page.getByRole("heading", { level: 1, name: "Usage" }).waitFor();
    expect(loaded.filter((path) => path.includes("workspace"))).toEqual([]);
    expect(await page.title()).toBe("Usage · markco");
  });

  test.each(["light", "dark"] as const)("it fits a narrow screen and can be read in the %s", async (scheme) => {
    await page.emulateMedia({ colorScheme: scheme });
    busyMonth();
    for (const [width, name] of [
      [1280, "wide"],
      [390, "narrow"],
    ] as const) {
      await page.setViewportSize({ width, height: 844 });
      await open();
      await page.screenshot({ path: join(ARTEFACTS, `usage-${name}-${scheme}.png`), fullPage: true });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      expect(await violationsOn(page)).toEqual([]);
    }
    const figures = page.getByRole("table", { name: "Sizes and prices" }).locator("td").last();
    expect(await figures.evaluate((it) => getComputedStyle(it).fontVariantNumeric)).toBe("tabular-nums");
  });
});
