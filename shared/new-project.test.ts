import { expect, test } from "vitest";
import { Slug } from "./daemon/contract.ts";
import { NewProject, slugOf } from "./new-project.ts";

test.each([
  ["My Thesis", "my-thesis"],
  ["Çà et là: v1.2", "ca-et-la-v1.2"],
  ["_drafts of 2027_", "drafts-of-2027"],
  ["日本語", ""],
  [`${"a".repeat(99)} b`, "a".repeat(99)],
])("%s is called %s in an address", (title, name) => {
  expect(slugOf(title)).toBe(name);
  if (name !== "") expect(Slug.safeParse(name).success).toBe(true);
});

test("a title is one line, and a name says its rules", () => {
  const problemOf = (title: string, name: string) =>
    NewProject.safeParse({ title, name }).error?.issues.map(({ message }) => message);
  expect(problemOf(" My Thesis ", "my-thesis")).toBeUndefined();
  expect(problemOf("a\n```yaml", "a")).toEqual(["a project's title is one line"]);
  expect(problemOf("  ", "a")).toEqual(["a project needs a title"]);
  expect(problemOf("A", "My Thesis")).toEqual(["a project's name has 1 to 100 of a-z, 0-9 and inner . _ -"]);
});
