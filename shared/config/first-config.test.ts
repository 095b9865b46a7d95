import { expect, test } from "vitest";
import { layOutSite } from "../fsml/site.ts";
import { parseConfig } from "./config.ts";
import { firstConfig, titleOfFolder } from "./first-config.ts";

/** The site that a folder of these files becomes: where it opens, and its navigation. */
function siteOf(folder: string, paths: string[]) {
  const result = parseConfig(firstConfig(titleOfFolder(folder), "demo/site", paths));
  if ("problems" in result) throw new Error(JSON.stringify(result.problems));
  const { config } = result;
  const navOrder = config.nav?.order ?? [];
  const site = layOutSite({ paths, titles: new Map(), projectTitle: config.name ?? "", navOrder });
  return { config, home: site.lookup("")?.file, nav: site.nav.map(({ title }) => title) };
}

test("a folder that knew nothing of markco opens with its README and has a name and an address", () => {
  const { config, home, nav } = siteOf("my_field-notes", ["CHANGELOG.md", "README.md", "docs/setup.md", "usage.md"]);
  expect([home, nav]).toEqual(["README.md", ["README", "CHANGELOG", "Docs", "Usage"]]);
  expect(config).toMatchObject({
    name: "My Field Notes",
    publish: { url: { user: "demo", name: "site" }, visibility: "private" },
  });
});

test("an index, or numbers, say where it opens", () => {
  expect(siteOf("x", ["README.md", "a.md", "index.md"]).home).toBe("index.md");
  expect(siteOf("x", ["README.md", "01-a.md"]).home).toBe("01-a.md");
  expect(siteOf("x", ["docs/README.md", "a.md"]).home).toBe("a.md");
});

test.each(['"quoted": {yaml} #x', "日本語", "..."])("any folder's name is a title: %s", (folder) => {
  expect(siteOf(folder, ["a.md"]).config.name?.length).toBeGreaterThan(0);
});
