import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeBase } from "./base.ts";
import { chooseLanguages, packagesIn } from "./languages.ts";

test("without arguments there are all languages that Debian has", () => {
  expect(chooseLanguages({})).toEqual({ languages: ["python", "r", "bash", "javascript"], julia: null });
});

test("a language that was not asked for has no packages in the image, and the image is another one", async () => {
  const [all, some] = [
    await describeBase("runtime", {}),
    await describeBase("runtime", { MARKCO_LANGUAGES: "python" }),
  ];
  expect(all.packages).toContain("r-base-core");
  expect(some.packages).toContain("python3-pandas");
  expect(some.packages.filter((name) => /^r-|nodejs/.test(name))).toEqual([]);
  expect(some.key).not.toBe(all.key);
  expect(packagesIn("a # note\n[r]\nb\n[python]\nc\n", ["python"])).toEqual(["a", "c"]);
});

test("Julia is put into the image from a folder", async () => {
  const folder = await mkdtemp(join(tmpdir(), "julia-"));
  await mkdir(join(folder, "bin"));
  await writeFile(join(folder, "bin/julia"), "");
  const base = await describeBase("runtime", { MARKCO_JULIA: folder });
  expect(base.hooks.join("\n")).toContain(folder);
  expect((await describeBase("host", { MARKCO_JULIA: folder })).hooks).toEqual((await describeBase("host", {})).hooks);
});

test.each([
  [{ MARKCO_LANGUAGES: "python,cobol" }, '"cobol" is none of'],
  [{ MARKCO_LANGUAGES: "julia" }, "MARKCO_JULIA"],
  [{ MARKCO_JULIA: "/nowhere" }, "bin/julia"],
])("%j is refused", (environment, message) => {
  expect(() => chooseLanguages(environment)).toThrow(message);
});
