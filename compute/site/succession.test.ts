import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { Manifest } from "../../shared/site/manifest.ts";
import { succeed } from "./succession.ts";

const NOW = new Date("2026-11-25T12:00:00.000Z");
const contents = new Map<string, string>();
const read = async (sha256: string) => contents.get(sha256) ?? null;

/** A site by its files. Without text a page says its own name. */
function planned(files: Record<string, string>) {
  return {
    format: 1 as const,
    projectId: "0b9dc9b5-8e9f-4d2a-9a53-0d1b8a3f7c12",
    user: "demo",
    name: "thesis",
    title: "Thesis",
    visibility: "public" as const,
    domain: null,
    navOrder: [],
    pages: Object.fromEntries(
      Object.entries(files).map(([path, text]) => {
        const sha256 = createHash("sha256").update(text).digest("hex");
        contents.set(sha256, text);
        return [path, { sha256, bytes: text.length, title: null }];
      }),
    ),
    assets: {},
    search: [],
  };
}

async function after(live: Manifest | null, files: Record<string, string>, now = NOW): Promise<Manifest> {
  const next = await succeed(live, planned(files), now, read, read);
  if (!next) throw new Error("nothing has changed");
  return next;
}

/** The redirects after a site has been each of these in turn. */
async function redirects(...states: Record<string, string>[]): Promise<Record<string, string>> {
  let live: Manifest | null = null;
  for (const files of states) live = await after(live, files);
  return live?.redirects ?? {};
}

const TEXT = "# A\n\nA first line of text.\n\nA second line of text.\n\nA third one.\n";

test("a site that did not change is not published again", async () => {
  const live = await after(null, { "a.md": "a" });
  expect(live).toMatchObject({ version: 1, publishedAt: NOW.toISOString() });
  expect(await succeed(live, planned({ "a.md": "a" }), new Date(), read, read)).toBeNull();
  expect(await after(live, { "a.md": "b" })).toMatchObject({ version: 2 });
});

test("each page has the time since when its text is there", async () => {
  const later = new Date(NOW.getTime() + 60_000);
  const { pages } = await after(await after(null, { "a.md": "a", "b.md": "b" }), { "a.md": "a", "b.md": "c" }, later);
  const seconds = NOW.getTime() / 1000;
  expect([pages["a.md"]?.changed, pages["b.md"]?.changed]).toEqual([seconds, seconds + 60]);
});

test("a renamed page is found at its old address", async () => {
  expect(await redirects({ "a.md": "x", "index.md": "i" }, { "b.md": "x", "index.md": "i" })).toEqual({ a: "b" });
});

test("a number that changes is no move", async () => {
  expect(await redirects({ "01-a.md": "x", "02-b.md": "y" }, { "02-a.md": "x", "01-b.md": "y" })).toEqual({});
});

test("a page that was moved and edited in one step is found by its text", async () => {
  expect(await redirects({ "a.md": TEXT }, { "sub/c.md": TEXT.replace("second", "2nd"), "d.md": "# Other\n" })).toEqual(
    {
      a: "sub/c",
    },
  );
});

test("a page that was removed leads nowhere", async () => {
  expect(await redirects({ "a.md": TEXT, "b.md": "b" }, { "b.md": "b", "c.md": "# New\n\nOther text.\n" })).toEqual({});
});

test("chains are flattened, and a page that comes back has its address again", async () => {
  const states = [{ "a.md": "x" }, { "b.md": "x" }, { "c.md": "x" }];
  expect(await redirects(...states)).toEqual({ a: "c", b: "c" });
  expect(await redirects(...states, { "a.md": "x" })).toEqual({ b: "a", c: "a" });
});

test("a new page at the old address wins, then and later", async () => {
  expect(await redirects({ "a.md": "x" }, { "a.md": "new", "b.md": "x" })).toEqual({});
  expect(await redirects({ "a.md": "x" }, { "b.md": "x" }, { "a.md": "new", "b.md": "x" })).toEqual({});
});

test("pages that take each other's place in a row are told apart", async () => {
  expect(await redirects({ "a.md": "x", "b.md": "y" }, { "b.md": "x", "c.md": "y" })).toEqual({ a: "b" });
});

test("a renamed folder leads on, also by its own address", async () => {
  expect(
    await redirects(
      { "index.md": "i", "02-old/01-x.md": "x", "02-old/02-y.md": "y" },
      { "index.md": "i", "02-new/01-x.md": "x", "02-new/02-y.md": "y" },
    ),
  ).toEqual({ old: "new/x", "old/x": "new/x", "old/y": "new/y" });
});

test("of equal pages the one with the same name is meant", async () => {
  expect(await redirects({ "a/x.md": "s", "a/y.md": "s" }, { "b/y.md": "s", "b/x.md": "s" })).toMatchObject({
    "a/x": "b/x",
    "a/y": "b/y",
  });
});

test("a redirect whose page is gone goes too", async () => {
  expect(await redirects({ "a.md": TEXT }, { "b.md": TEXT }, { "c.md": "# Else\n" })).toEqual({});
});

test("names that every object has are names of pages", async () => {
  const next = await redirects({ "constructor.md": "x" }, { "to-string.md": "x" });
  expect(Object.entries(next)).toEqual([["constructor", "to-string"]]);
});
