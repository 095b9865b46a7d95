import { describe, expect, test } from "vitest";
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

test("a page is the rich form of the text behind it, an update takes the place of its picture, a text file is the whole output", () => {
  const page = asset("g/ba9876543210.html", "text/html");
  expect(outputOf([page, result("a  b")]).assets).toEqual([{ kind: "table", link: "../g/ba9876543210.html" }]);
  expect(outputOf([page, print("a")]).assets).toMatchObject([{ kind: "interactive" }]);
  expect(outputOf([asset("g/0123456789ab.txt", "text/plain")]).assets).toMatchObject([{ kind: "whole" }]);
  const picture = (name: string, update: boolean): Said => [
    "asset",
    { path: `g/${name}.png`, name, mime: "image/png", size: 1, displayId: "d", update },
  ];
  expect(outputOf([picture("000000000001", false), print("x"), picture("000000000002", true)]).assets).toEqual([
    { kind: "image", link: "../g/000000000002.png" },
  ]);
});

describe("a cell that prints a million lines", () => {
  const transcript = new Transcript("pages/a.md");
  let seq = 0;
  const say = (content: string) => transcript.take({ seq: ++seq, event: "stdout", data: { content } });
  for (let i = 0; i < 500; i++) say(Array.from({ length: 1000 }, (_, k) => `${i * 1000 + k}\n`).join(""));

  test("shows its start and its end while it runs", () => {
    const { text } = transcript.output();
    expect(text.length).toBeLessThan(70_000);
    expect(text).toMatch(/^0\n1\n[\s\S]*… [\d,]+ characters …\n[\s\S]*499999\n$/);
  });
  test("keeps 700 lines of its start and 300 of its end, and all of it for a file", () => {
    const { output, whole, linked } = transcript.ended();
    const lines = output.text.split("\n");
    expect([lines[0], lines[699], lines[701], lines.at(-1)]).toEqual(["0", "699", "499700", "499999"]);
    expect(lines[700]).toBe("… 499,000 lines left out; all of it is in the file below …");
    expect(whole).toHaveLength(Array.from({ length: 500_000 }, (_, i) => `${i}\n`).join("").length);
    expect(linked("_assets/generated/0123456789ab.txt").assets).toEqual([
      { kind: "whole", link: "../_assets/generated/0123456789ab.txt" },
    ]);
  });
});

test("a bar that is drawn anew 100,000 times is one line in the end", () => {
  const drawn = Array.from({ length: 1000 }, (_, i) =>
    print(Array.from({ length: 100 }, (_, k) => `\r${i * 100 + k + 1}/100000 |${"#".repeat(20)}|`).join("")),
  );
  const transcript = new Transcript("a.md");
  for (const [i, [event, data]] of drawn.entries()) transcript.take({ seq: i + 1, event, data } as ExecutionEvent);
  expect(transcript.ended()).toMatchObject({ output: { text: `100000/100000 |${"#".repeat(20)}|` }, whole: null });
});
