import { expect, test } from "vitest";
import type { EventData, EventName } from "../../../../shared/mrp/mrp.ts";
import { ExecutionEvent } from "../../../../shared/mrp/mrp.ts";
import { Transcript } from "./transcript.ts";

type Said = { [N in EventName]: [N, EventData<N>] }[EventName];

function outputOf(said: Said[], document = "docs/a.md") {
  const transcript = new Transcript(document);
  for (const [i, [event, data]] of said.entries()) transcript.take(ExecutionEvent.parse({ seq: i + 1, event, data }));
  return transcript.output();
}

const display = (text: string, more: Partial<EventData<"display">> = {}): Said => [
  "display",
  { data: { "text/plain": text }, metadata: {}, displayId: null, update: false, ...more },
];
const print = (content: string): Said => ["stdout", { content }];
const result = (text: string): Said => ["result", { data: { "text/plain": text }, metadata: {}, executionCount: 1 }];
const asset = (path: string, mime: string): Said => [
  "asset",
  { path, name: path, mime, size: 1, displayId: null, update: false },
];

test("stdout, stderr, displays and the result stand in the order in which they came, each on its line", () => {
  expect(
    outputOf([print("a"), ["stderr", { content: "b\n" }], print("no newline"), display("shown"), result("42")]).text,
  ).toBe("ab\nno newline\nshown\n42\n");
});

test("an updated display changes where it stands", () => {
  const said = [
    display("0 %", { displayId: "bar" }),
    print("log\n"),
    display("100 %", { displayId: "bar", update: true }),
  ];
  expect(outputOf(said).text).toBe("100 %\nlog\n");
});

test("clearing takes text and pictures away, or waits for what follows", () => {
  const before = [print("old\n"), asset("_assets/generated/0123456789ab.png", "image/png")];
  expect(outputOf([...before, ["clear", { wait: false }]])).toEqual({ text: "", assets: [] });
  expect(outputOf([...before, ["clear", { wait: true }]]).text).toBe("old\n");
  expect(outputOf([...before, ["clear", { wait: true }], print("new\n")])).toEqual({ text: "new\n", assets: [] });
});

test("files are linked from where the document stands, each once", () => {
  const picture = asset("_assets/generated/0123456789ab.png", "image/png");
  expect(outputOf([picture, picture, asset("_assets/generated/ba9876543210.html", "text/html")]).assets).toEqual([
    { kind: "image", link: "../_assets/generated/0123456789ab.png" },
    { kind: "interactive", link: "../_assets/generated/ba9876543210.html" },
  ]);
});

test("a cell that prints for ever keeps its start and its end, and the same events give the same text", () => {
  const said = Array.from({ length: 20_000 }, (_, i) => print(`line ${i} ${"x".repeat(50)}\n`));
  const { text } = outputOf(said);
  expect(text.length).toBeLessThan(210_000);
  expect(text).toMatch(/^line 0 x/);
  expect(text).toMatch(/… \d+ characters left out …\n/);
  expect(text).toContain("line 19999 ");
  expect(outputOf(said).text).toBe(text);
});
