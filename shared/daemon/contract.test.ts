import { expect, test } from "vitest";
import { Actor, decodeActor, encodeActor } from "./actor.ts";
import { ImportRequest } from "./contract.ts";
import { Fault, parse, parseJson } from "./fault.ts";

const request = (files: { path: string; bytes?: number }[]) => ({
  importId: "0b9dc9b5-8e9f-4d2a-9a53-0d1b8a3f7c11",
  projectId: "0b9dc9b5-8e9f-4d2a-9a53-0d1b8a3f7c12",
  owner: { userId: "0b9dc9b5-8e9f-4d2a-9a53-0d1b8a3f7c13", handle: "demo" },
  slug: "numpy-tutorials",
  files: files.map(({ path, bytes = 3 }) => ({ path, bytes, sha256: "a".repeat(64) })),
});

test.each([
  [[{ path: "a.md" }], /no mrmd\.md at the root/],
  [[{ path: "mrmd.md" }, { path: "../a.md" }], /"\.\." segment/],
  [[{ path: "mrmd.md" }, { path: `${"n".repeat(300)}.md` }], /255 is the most/],
  [
    [{ path: "mrmd.md" }, { path: "big.csv", bytes: 50_000_000 }],
    /big\.csv has 50000000 bytes; a file may have 26214400/,
  ],
  [[{ path: "mrmd.md" }, { path: "mrmd.md" }], /named twice/],
  [[], /at least one file/],
])("an import of %j is refused before its first byte", (files, message) => {
  expect(() => parse(ImportRequest, request(files), "import")).toThrow(message);
});

test("an import with mrmd.md and good names passes", () => {
  expect(parse(ImportRequest, request([{ path: "mrmd.md" }, { path: "02-é/a.md" }]), "import").files).toHaveLength(2);
});

test("text that is not JSON is one clear fault", () => {
  expect(() => parseJson(Actor, "{", "actor")).toThrow(new Fault("invalid", "actor: not JSON"));
});

test("a person's name of any script survives the header, which stays ASCII", () => {
  const actor: Actor = {
    userId: "0b9dc9b5-8e9f-4d2a-9a53-0d1b8a3f7c13",
    handle: "demo",
    name: "Zoë 数\u{1f600}",
    role: "owner",
  };
  const header = encodeActor(actor);
  expect(header).toMatch(/^[\x20-\x7e]*$/);
  expect(decodeActor(header)).toEqual(actor);
});
