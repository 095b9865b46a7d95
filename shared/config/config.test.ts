import { expect, test } from "vitest";
import { parseConfig } from "./config.ts";

const block = (yaml: string) => `\`\`\`yaml config\n${yaml}\n\`\`\`\n`;

test("blocks are merged deeply in order; arrays and values replace", () => {
  const result = parseConfig(
    `# P\n\n${block("name: A\nnav: { order: [x, y] }\nsession: { python: { venv: .venv, cwd: . } }")}\ntext\n\n${block("nav: { order: [z] }\nsession: { python: { cwd: src } }")}`,
  );
  expect(result).toEqual({
    config: { name: "A", nav: { order: ["z"] }, session: { python: { venv: ".venv", cwd: "src" } } },
  });
});

test("a site address is read with or without its @", () => {
  for (const url of ["'@maxime/my-analysis'", "maxime/my-analysis"]) {
    expect(parseConfig(block(`publish:\n  url: ${url}`))).toMatchObject({
      config: { publish: { url: { user: "maxime", name: "my-analysis" } } },
    });
  }
});

test("an example inside a longer fence is not configuration", () => {
  expect(parseConfig(`\`\`\`\`markdown\n${block("name: 3")}\`\`\`\`\n`)).toEqual({ config: {} });
});

test("front matter and plain yaml blocks are not configuration", () => {
  expect(parseConfig("---\nname: 3\n---\n\n```yaml\nname: 3\n```\n")).toEqual({ config: {} });
});

test.each([
  [
    "publish:\n  url: '@a/b'\n  visibility: open",
    4,
    /publish\.visibility: "open" is not one of public, unlisted, private/,
  ],
  ["publish:\n  url: nonsense", 3, /publish\.url: "nonsense" is no site address; write "@user\/name"/],
  ["publish: {}", 2, /publish\.url/],
  ["name: [", 2, /not YAML/],
  ["- a\n- b", 2, /mapping/],
  ["x: 1\ncollaboration: { default_role: boss }", 3, /collaboration\.default_role/],
  ["session:\n  python:\n    cwd: ../..", 4, /"\.\."/],
])("a wrong value is refused with its line: %j", (yaml, line, message) => {
  const result = parseConfig(block(yaml));
  if (!("problems" in result)) throw new Error("it was accepted");
  expect(result.problems[0]).toMatchObject({ file: "mrmd.md", line });
  expect(result.problems[0]?.message).toMatch(message);
});

test("an alias bomb is refused", () => {
  const bomb = [
    "a: &a [x,x,x,x,x,x,x,x,x]",
    ..."bcdefgh".split("").map((key, i) => `${key}: &${key} [${Array(9).fill(`*${"abcdefgh"[i]}`)}]`),
  ];
  expect(parseConfig(block(bomb.join("\n")))).toHaveProperty("problems");
});
