import { describe, expect, test } from "vitest";
import { describeProblem, parseConfig } from "./config.ts";

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

describe("the author is told", () => {
  test.each([
    ["name: 3", 'name: 3 is not a text; write name: "My Thesis"'],
    ["name: ''", `name: can't be empty; write name: "My Thesis"`],
    [`name: ${"x".repeat(201)}`, "name: longer than 200 characters"],
    ["nav: [a]", 'nav: ["a"] is not a group of keys; write nav: { order: [introduction, getting-started] }'],
    ["nav: { order: a }", 'nav.order: "a" is not a list; write nav: { order: [introduction, getting-started] }'],
    ["nav: { order: [1] }", "nav.order.0: 1 is not a text; write nav: { order: [introduction, getting-started] }"],
    ["assets: { directory: /etc }", `assets.directory: "/etc" is absolute; paths are relative to the project's folder`],
    ["assets: { generated: ../x }", 'assets.generated: "../x" has a ".." segment; name the file itself'],
    ["session: 3", 'session: 3 is not a group of keys; write session: { python: { venv: ".venv" } }'],
    [
      "session: { python: .venv }",
      'session.python: ".venv" is not a group of keys; write session: { python: { venv: ".venv" } }',
    ],
    ["session: { python: { venv: ../x } }", 'session.python.venv: "../x" has a ".." segment; name the file itself'],
    ["session: { r: { cwd: /tmp } }", `session.r.cwd: "/tmp" is absolute; paths are relative to the project's folder`],
    ["session: { python: { name: '' } }", "session.python.name: can't be empty"],
    ["session: { python: { auto_start: yes } }", 'session.python.auto_start: "yes" is not true or false'],
    ["publish: true", 'publish: true is not a group of keys; write publish: { url: "@user/name" }'],
    ["publish: {}", 'publish.url: missing; write publish: { url: "@user/name" }'],
    ["publish: { url: 3 }", 'publish.url: 3 is not a text; write publish: { url: "@user/name" }'],
    ["publish: { url: '@A/b' }", 'publish.url: "@A/b" is no site address; write "@user/name" in a-z, 0-9 and -'],
    ["publish: { url: '@a/b/c' }", 'publish.url: "@a/b/c" is no site address; write "@user/name" in a-z, 0-9 and -'],
    [
      "publish: { url: '@a/b', visibility: Public }",
      'publish.visibility: "Public" is not one of public, unlisted, private',
    ],
    [
      "publish: { url: '@a/b', domain: 'https://e.org' }",
      "publish.domain: a domain is a host name such as docs.example.org",
    ],
    ["collaboration: { sessions: both }", 'collaboration.sessions: "both" is not one of shared, separate'],
    [
      "collaboration: { default_role: boss }",
      'collaboration.default_role: "boss" is not one of viewer, runner, editor, admin, owner',
    ],
    ["just a text", "a configuration block is a YAML mapping (`key: value` lines)"],
    ["- a", "a configuration block is a YAML mapping (`key: value` lines)"],
    ["name: 'x", "not YAML: Missing closing 'quote"],
    ["\tname: x", "not YAML: Tabs are not allowed as indentation"],
    ["name: x: y", "not YAML: Nested mappings are not allowed in compact mappings"],
  ])("of %j", (yaml, told) => {
    const result = parseConfig(`# Title\n\n${block(yaml)}`);
    if (!("problems" in result)) throw new Error("it was accepted");
    expect(result.problems.map(describeProblem)).toContain(`mrmd.md:4: ${told}`);
  });

  test("of each wrong value, with its own line", () => {
    const result = parseConfig(block("name: 3\nnav:\n  order: a\npublish:\n  url: x\n  visibility: y"));
    const lines = "problems" in result ? result.problems.map(({ line }) => line) : [];
    expect(lines).toEqual([2, 4, 6, 7]);
  });

  test("of a key that stands there twice, where it stands again", () => {
    const result = parseConfig(block("name: a\nname: b"));
    expect("problems" in result && result.problems.map(describeProblem)).toEqual([
      "mrmd.md:3: not YAML: Map keys must be unique",
    ]);
  });
});
