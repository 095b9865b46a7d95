/** What is wrong with a value of the configuration, in the author's words, and what would be right. */
import type * as z from "zod";

const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  array: "a list",
  object: "a group of keys",
  boolean: "true or false",
};

/** By key, with the keys around it. */
const RIGHT: Readonly<Record<string, string>> = {
  name: 'name: "My Thesis"',
  nav: "nav: { order: [introduction, getting-started] }",
  "nav.order": "nav: { order: [introduction, getting-started] }",
  assets: 'assets: { directory: "_assets" }',
  session: 'session: { python: { venv: ".venv" } }',
  "session.python": 'session: { python: { venv: ".venv" } }',
  publish: 'publish: { url: "@user/name" }',
  "publish.url": 'publish: { url: "@user/name" }',
  collaboration: "collaboration: { sessions: shared }",
};

/** For schemas that don't say it themselves. */
export const explain: z.core.$ZodErrorMap = (issue) => {
  const path = issue.path?.filter((key) => typeof key === "string").join(".") ?? "";
  const right = Object.hasOwn(RIGHT, path) ? `; write ${RIGHT[path]}` : "";
  switch (issue.code) {
    case "invalid_type": {
      if (issue.input === undefined) return `missing${right}`;
      return `${shown(issue.input)} is not ${KINDS[issue.expected] ?? issue.expected}${right}`;
    }
    case "too_small":
      return `can't be empty${right}`;
    case "too_big":
      return `longer than ${issue.maximum} characters`;
    default:
      return undefined;
  }
};

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
