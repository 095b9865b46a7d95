/** A person at a real browser, signed in. */
import type { Browser, Page } from "playwright-core";
import { expect } from "vitest";

/** In a profile of its own. A page that throws makes the test fail when it is closed. */
export async function signIn(browser: Browser, url: string, name = "demo"): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("close", () => expect(problems).toEqual([]));
  await page.goto(url);
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.locator('input[name="name"]').fill(name);
  await page.locator('input[name="password"]').fill(name);
  await page.locator("form button").first().click();
  await page.getByRole("heading", { name: "Projects" }).waitFor();
  return page;
}
