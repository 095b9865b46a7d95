/**
 * What the browser keeps of a document, in schedules that a seed chooses: tabs that type, connect, lose the server's answer, are
 * closed or die between any two steps, and a server that begins a new lineage. What is typed are lines of one letter that occurs
 * nowhere else, so that no change can tear it.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as Y from "yjs";
import { Copy } from "../../../images/editor/app/kept/copy.ts";
import { type Act, type DocumentName, MemoryShelf, type Shelf } from "../../../images/editor/app/kept/shelf.ts";
import { Random } from "../../../images/editor/server/testing/random.ts";
import { TEXT } from "../../../shared/editor/sync.ts";

const NAME: DocumentName = { user: "demo", project: "thesis", path: "a.md" };
const SEEDS = 150;
const STEPS = 60;
const TABS = 3;
const FIRST_LETTER = 0x4e00;
const LETTER = /[\u4e00-\u9fff]\n?/;

const turn = () => new Promise((resolve) => setImmediate(resolve));
const textOf = (doc: Y.Doc) => doc.getText(TEXT).toString();

/** A shelf as one tab sees it: slow, and of no use to a tab that is dead. */
class TabsShelf implements Shelf {
  readonly isLasting = true;
  isDead = false;
  readonly #shelf: Shelf;
  readonly #random: Random;

  constructor(shelf: Shelf, random: Random) {
    this.#shelf = shelf;
    this.#random = random;
  }

  async change(document: DocumentName, which: readonly number[] | "all", act: Act): Promise<number[]> {
    await this.#pass();
    const ids = await this.#shelf.change(document, which, act);
    await this.#pass();
    return ids;
  }

  async #pass(): Promise<void> {
    for (let turns = this.#random.below(3); turns > 0; turns--) await turn();
    if (this.isDead) await new Promise(() => {});
  }
}

interface Tab {
  readonly doc: Y.Doc;
  readonly shelf: TabsShelf;
  readonly copy: Copy;
  lineage: string | null;
  /** Lines that are not known to be on the shelf. */
  atRisk: string[];
}

class Schedule {
  readonly #random: Random;
  readonly #shelf = new MemoryShelf();
  #server = new Y.Doc();
  #lineage = 1;
  readonly #tabs: (Tab | null)[] = Array.from({ length: TABS }, () => null);
  #lines = 0;
  /** These must be there once; all others at most. */
  readonly #kept = new Set<string>();
  /**
   * The server had these when it began a new lineage, and had not been able to say so. Where lines beside them changed, too,
   * nobody can tell whether they are the same: they may be there twice.
   */
  readonly #unheard = new Set<string>();
  readonly log: string[] = [];

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.#server.getText(TEXT).insert(0, "one\ntwo\nthree\n");
  }

  async play(): Promise<void> {
    for (let step = 0; step < STEPS; step++) await this.#act(this.#random.below(TABS));
    for (let at = 0; at < TABS; at++) this.#die(at);
    // One tab after the other comes, connects, and takes along what is left.
    for (let at = 0; at < TABS; at++) {
      await this.#connect(at, true);
      await this.#connect(at, true);
    }
    this.#check();
  }

  async #act(at: number): Promise<void> {
    const chance = this.#random.below(100);
    if (chance < 40) await this.#type(at);
    else if (chance < 46) await this.#erase(at);
    else if (chance < 66) await this.#connect(at, this.#random.below(4) > 0);
    else if (chance < 76) this.#die(at);
    else if (chance < 82) this.#close(at);
    else if (chance < 87) await this.#replace();
    else for (let turns = this.#random.below(8); turns > 0; turns--) await turn();
    this.#look();
  }

  async #tab(at: number): Promise<Tab> {
    const open = this.#tabs[at];
    if (open) return open;
    const doc = new Y.Doc();
    const shelf = new TabsShelf(this.#shelf, this.#random);
    const copy = await Copy.open(shelf, NAME, doc, "shelf");
    if (doc.store.pendingStructs) throw new Error("what is kept has gaps");
    const tab = { doc, shelf, copy, lineage: copy.lineage, atRisk: [] };
    this.#tabs[at] = tab;
    this.log.push(`${at}: open with ${JSON.stringify(textOf(doc))}`);
    return tab;
  }

  /** What has got onto the shelf is not at risk any more. */
  #look(): void {
    for (const tab of this.#tabs) if (tab?.copy.isComplete) tab.atRisk = [];
  }

  async #type(at: number): Promise<void> {
    const tab = await this.#tab(at);
    const line = String.fromCodePoint(FIRST_LETTER + this.#lines++);
    const text = textOf(tab.doc);
    const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
    this.log.push(`${at}: type ${line}`);
    this.#kept.add(line);
    tab.atRisk.push(line);
    tab.doc.getText(TEXT).insert(starts[this.#random.below(starts.length)] ?? 0, `${line}\n`);
  }

  async #erase(at: number): Promise<void> {
    const { doc } = await this.#tab(at);
    const [line] = LETTER.exec(textOf(doc)) ?? [];
    if (line === undefined) return;
    this.log.push(`${at}: erase ${line.trim()}`);
    doc.getText(TEXT).delete(textOf(doc).indexOf(line), line.length);
    this.#kept.delete(line.trim());
  }

  async #connect(at: number, isAcknowledged: boolean): Promise<void> {
    const tab = await this.#tab(at);
    const lineage = String(this.#lineage);
    if (tab.lineage !== null && tab.lineage !== lineage) {
      this.log.push(`${at}: is refused`);
      expect(await tab.copy.end()).toBe(true);
      this.#look();
      this.#close(at);
      return;
    }
    this.log.push(`${at}: connect${isAcknowledged ? "" : ", and hear nothing more"}`);
    tab.lineage = lineage;
    tab.copy.greeted(lineage);
    const exchange = () => {
      Y.applyUpdate(tab.doc, Y.encodeStateAsUpdate(this.#server, Y.encodeStateVector(tab.doc)));
      Y.applyUpdate(this.#server, Y.encodeStateAsUpdate(tab.doc, Y.encodeStateVector(this.#server)));
    };
    exchange();
    if (!isAcknowledged) return;
    tab.atRisk = [];
    tab.copy.acknowledge();
    expect(await tab.copy.rescue(true)).toBeNull();
    exchange();
    if (this.#random.below(2) === 0) tab.copy.acknowledge();
  }

  #die(at: number): void {
    const tab = this.#tabs[at];
    if (!tab) return;
    this.#look();
    this.log.push(`${at}: die with ${tab.atRisk.join(" ")}`);
    for (const line of tab.atRisk) this.#kept.delete(line);
    tab.shelf.isDead = true;
    this.#tabs[at] = null;
  }

  #close(at: number): void {
    const tab = this.#tabs[at];
    if (!tab) return;
    this.log.push(`${at}: close`);
    for (const line of tab.atRisk) this.#kept.delete(line);
    tab.copy.close();
    this.#tabs[at] = null;
  }

  /** As from a backup of the file: the same text, and a line of somebody else's. */
  async #replace(): Promise<void> {
    await this.#noteUnheard();
    const text = `outside${this.#lineage}\n${textOf(this.#server)}`;
    this.#lineage++;
    this.log.push(`the server begins lineage ${this.#lineage}`);
    this.#server = new Y.Doc();
    this.#server.getText(TEXT).insert(0, text);
  }

  async #noteUnheard(): Promise<void> {
    const saved = new Y.Doc();
    await this.#shelf.change(NAME, "all", ({ rows }) => {
      const heard = rows.filter(({ lineage, isSaved }) => isSaved && lineage === String(this.#lineage));
      for (const { update } of heard) Y.applyUpdate(saved, update);
      return {};
    });
    const known = textOf(saved);
    for (const letter of textOf(this.#server)) if (!known.includes(letter)) this.#unheard.add(letter);
  }

  #check(): void {
    const text = textOf(this.#server);
    for (let at = 0; at < this.#lines; at++) {
      const line = String.fromCodePoint(FIRST_LETTER + at);
      const times = text.split(line).length - 1;
      if (times > 1 && !this.#unheard.has(line)) throw new Error(`${line} is there ${times} times: ${text}`);
      if (times === 0 && this.#kept.has(line)) throw new Error(`${line} is lost: ${text}`);
    }
    for (const line of ["one", "two", "three"]) expect(text.split(line)).toHaveLength(2);
  }
}

describe("what the browser keeps", () => {
  beforeEach(() => {
    vi.stubGlobal("window", globalThis);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  test(`arrives once and is not lost, in ${SEEDS} schedules`, async () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const schedule = new Schedule(seed);
      await schedule.play().catch((error: unknown) => {
        throw new Error(`seed ${seed}: ${error}\n${schedule.log.join("\n")}`, { cause: error });
      });
    }
  });
});
