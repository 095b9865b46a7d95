import { appendFile, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LineAssembler, linesOf, readLog } from "./container-log.ts";

const HEAD = "2026-11-23T17:03:51.123456789+00:00";
const entry = (text: string | Buffer, mark = "F", stream = "stdout") =>
  Buffer.concat([Buffer.from(`${HEAD} ${stream} ${mark} `), Buffer.from(text), Buffer.from("\n")]);

test("a line that conmon cut in the middle of a character comes out whole", () => {
  const bytes = Buffer.from('{"text":"数é"}');
  const log = Buffer.concat([
    entry(bytes.subarray(0, 10), "P"),
    entry(bytes.subarray(10, 11), "P"),
    entry(bytes.subarray(11)),
  ]);
  expect(new LineAssembler().add(log)).toEqual(['{"text":"数é"}']);
});

test("an unfinished line is counted as pending, so that a restart reads it again from its start", () => {
  const assembler = new LineAssembler();
  const partial = entry("half", "P");
  expect(assembler.add(Buffer.concat([entry("whole"), partial]))).toEqual(["whole"]);
  expect(assembler.pendingBytes).toBe(partial.length);
  expect(assembler.add(entry(" and half"))).toEqual(["half and half"]);
  expect(assembler.pendingBytes).toBe(0);
});

test("stderr of the supervisor and empty lines do not disturb the order", () => {
  const log = Buffer.concat([entry("a"), entry("warning", "F", "stderr"), entry(""), entry("b")]);
  expect(new LineAssembler().add(log)).toEqual(["a", "", "b"]);
});

test("following from a saved offset gives each line once, also those written while it follows", async () => {
  const path = join(await mkdtemp(join(tmpdir(), "log-")), "ctr.log");
  await writeFile(path, Buffer.concat([entry("1"), entry("2")]));
  const seen: string[] = [];
  let offset = 0;
  const follow = async (until: string) => {
    const stop = new AbortController();
    for await (const batch of linesOf(readLog(path, offset, stop.signal), offset)) {
      seen.push(...batch.lines);
      offset = batch.offset;
      if (seen.includes(until)) stop.abort();
    }
  };
  await follow("2");
  const second = follow("4");
  await appendFile(path, Buffer.concat([entry("3"), entry("half", "P")]));
  await appendFile(path, Buffer.concat([entry(""), entry("4")]));
  await second;
  expect(seen).toEqual(["1", "2", "3", "half", "4"]);
});

test("a log in pieces of any size gives the same lines, and ends with the file when nobody follows it", async () => {
  const path = join(await mkdtemp(join(tmpdir(), "log-")), "ctr.log");
  const log = Buffer.concat([entry("1"), entry("zwölf", "P"), entry("!"), entry("3"), entry("unfinished", "P")]);
  await writeFile(path, log);
  for (const size of [1, 7, log.length]) {
    const pieces = async function* () {
      for await (const chunk of readLog(path, 0, null))
        for (let at = 0; at < chunk.length; at += size) yield chunk.subarray(at, at + size);
    };
    const lines: string[] = [];
    let offset = 0;
    for await (const batch of linesOf(pieces(), 0)) {
      lines.push(...batch.lines);
      offset = batch.offset;
    }
    expect(lines).toEqual(["1", "zwölf!", "3"]);
    expect(offset).toBe(log.length - entry("unfinished", "P").length);
  }
});
