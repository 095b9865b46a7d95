/** Two programs rewrite a file, each in its own way, while three people type in it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import type { Browser } from "./testing/browser.ts";
import { Random } from "./testing/random.ts";
import { Workplace } from "./testing/workplace.ts";

const WRITES = 12;

/** Adds a line somewhere, again and again. The two keep out of each other's way, as whoever runs two formatters has to see to. */
const PROGRAM = `
import fs from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
const [, file, way, name] = process.argv;
for (let i = 0; i < ${WRITES}; i++) {
  while (!tryLock()) await wait(5);
  const lines = fs.readFileSync(file, "utf8").split("\\n");
  lines.splice((i * 7) % lines.length, 0, "<" + name + i + ">");
  if (way === "in place") fs.writeFileSync(file, lines.join("\\n"));
  else {
    fs.writeFileSync(file + "~", lines.join("\\n"));
    fs.renameSync(file + "~", file);
  }
  fs.rmdirSync(file + ".lock");
  await wait(30 + ((i * 53) % 150));
}
function tryLock() {
  try {
    fs.mkdirSync(file + ".lock");
    return true;
  } catch {
    return false;
  }
}
`;

let place: Workplace;
afterEach(() => place.dispose());

test.each([1, 2])(
  "two programs rewrite a file while three people type: each word is there once (seed %i)",
  async (seed) => {
    place = await Workplace.create({ "a.md": "one\ntwo\n\nthree\nfour\n" });
    const people = await Promise.all(Array.from({ length: 3 }, () => place.browse("a.md").synced()));
    const programs = ["in place", "by rename"].map((way, i) => {
      const args = ["--input-type=module", "-e", PROGRAM, place.file("a.md"), way, `program ${i} `];
      return spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] });
    });
    const over = Promise.all(programs.map((program) => once(program, "exit")));
    let isOver = false;
    void over.then(() => {
      isOver = true;
    });
    const random = new Random(seed);
    const words: string[] = [];
    const type = async (person: Browser, who: number) => {
      for (let i = 0; !isOver; i++) {
        const word = `<person ${who} ${i}>`;
        words.push(word);
        // At the end of a line, so that nobody tears a word of somebody else's.
        const ends = [...person.text.toString().matchAll(/\n/g)].map(({ index }) => index);
        person.text.insert(ends[random.below(ends.length)] ?? 0, word);
        await wait(random.below(60));
      }
    };
    await Promise.all(people.map(type));
    expect((await over).map(([status]) => status)).toEqual([0, 0]);
    for (const who of [0, 1]) for (let i = 0; i < WRITES; i++) words.push(`<program ${who} ${i}>`);
    await Promise.all(people.map((person) => person.synced()));
    const texts = () => people.map((person) => person.text.toString());
    await place.eventually("all have the file", async () => {
      const file = await place.read("a.md");
      return texts().every((text) => text === file) && words.every((word) => file.includes(word));
    });
    const file = await place.read("a.md");
    for (const word of words) expect([word, file.split(word).length - 1]).toEqual([word, 1]);
    expect(
      file
        .replace(/<[^>]*>/g, "")
        .split("\n")
        .filter((line) => line !== ""),
    ).toEqual(["one", "two", "three", "four"]);
  },
);
