/**
 * A schedule: three people and two programs at one document, on a machine that dies and a disk that fills up, as a seed has
 * it. What they write are tokens, each of its own, so that it can be counted what became of them.
 */
import fs from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Y from "yjs";
import { CLOSE } from "../../../../shared/editor/sync.ts";
import { Documents, type Held } from "../document/documents.ts";
import { prepareJournals } from "../document/state-folder.ts";
import { Connection } from "../sync/connection.ts";
import { Browser } from "./browser.ts";
import { Machine } from "./machine.ts";
import { Random } from "./random.ts";
import { Wire } from "./wire.ts";

const ID = { projectId: "3f0c1a52-58d4-4d25-9be2-0c5f3c1f6a10", path: "a.md" };
const ACTOR = { userId: "9d1f7f1e-6c55-4e0e-8f4e-0b7d2a6c1e55", handle: "demo", name: "Demo", role: "editor" } as const;
const MEMORY = fs.existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const STEPS = 60;
/** A token is one character that occurs nowhere else, so that no insertion can tear it. */
const FIRST_TOKEN = 0x4e00;
const TOKEN = /[\u4e00-\u9fff]/;
const PEOPLE = 3;
/** A program that takes longer between reading and writing is on its own (document/bases.ts). */
const PROGRAM_MS = 2_000;
const CONVERGE_MS = 20_000;

interface Person {
  doc: Y.Doc;
  lineage: string | null;
  browser: Browser | null;
  wire: Wire | null;
  held: Held | null;
  /** Tokens that they typed, by the message that carried each; null: no message yet. */
  typed: Map<string, { browser: Browser | null; message: number }>;
}

type Action = (schedule: Schedule) => void | Promise<void>;

/** How often each is done, among all. */
const ACTIONS: readonly [number, Action][] = [
  [30, (schedule) => schedule.type()],
  [5, (schedule) => schedule.erase()],
  [6, (schedule) => schedule.drop()],
  [10, (schedule) => schedule.comeBack()],
  [2, (schedule) => schedule.leaveForGood()],
  [6, (schedule) => schedule.programReads()],
  [6, (schedule) => schedule.programWrites()],
  [10, (schedule) => schedule.save()],
  [6, (schedule) => schedule.look()],
  [4, (schedule) => schedule.dieSoon()],
  [2, (schedule) => schedule.die()],
  [2, (schedule) => schedule.fill()],
  [12, (schedule) => schedule.pass()],
];

export class Schedule {
  readonly #random: Random;
  readonly #root: string;
  readonly #people: Person[] = Array.from({ length: PEOPLE }, newPerson);
  /** What each of two programs has read and not written back yet. */
  readonly #programs: ({ text: string; at: number } | null)[] = [null, null];
  /** Whether the editor server has seen what a program wrote last. */
  #isTaken = true;
  #machine = new Machine();
  #documents: Documents | null = null;
  #tokens = 0;
  /** These must be there once; the erased ones at most. */
  readonly #kept = new Set<string>();
  readonly #all = new Set<string>();
  readonly log: string[] = [];

  private constructor(seed: number, root: string) {
    this.#random = new Random(seed);
    this.#root = root;
  }

  /** Plays it to its end. Throws what does not hold. */
  static async play(seed: number): Promise<void> {
    const root = await mkdtemp(join(MEMORY, "schedule-"));
    const schedule = new Schedule(seed, root);
    try {
      await schedule.#play();
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      throw new Error(`seed ${seed}: ${said}\n${schedule.log.join("\n")}`, { cause: error });
    } finally {
      schedule.#machine.die();
      for (const person of schedule.#people) person.wire?.cut();
      await schedule.#machine.still();
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  get #file(): string {
    return join(this.#root, "projects", ID.projectId, ID.path);
  }

  async #play(): Promise<void> {
    fs.mkdirSync(join(this.#root, "projects", ID.projectId), { recursive: true });
    fs.writeFileSync(this.#file, "one\ntwo\n\nthree\nfour\n");
    await this.#start();
    for (let step = 0; step < STEPS; step++) {
      if (this.#machine.dead) await this.#start();
      await this.#act();
    }
    await this.#converge();
    this.#check();
  }

  #act(): void | Promise<void> {
    let at = this.#random.below(ACTIONS.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, action] of ACTIONS) {
      at -= weight;
      if (at < 0) return action(this);
    }
  }

  async #start(): Promise<void> {
    this.log.push("start");
    this.#programs.fill(null);
    this.#machine.die();
    this.#machine.run(() => void this.#documents?.closeAll());
    for (const person of this.#people) this.#unplug(person);
    await this.#machine.still();
    this.#machine = new Machine();
    const places = { projects: join(this.#root, "projects"), journals: join(this.#root, "editor", "journal") };
    this.#documents = await this.#machine.run(async () => {
      await prepareJournals(places.journals);
      const documents = new Documents(places);
      await documents.recover();
      return documents;
    });
    for (const person of this.#people) await this.#connect(person);
  }

  async #connect(person: Person): Promise<void> {
    const machine = this.#machine;
    const documents = this.#documents;
    if (person.browser || machine.dead || !documents) return;
    const held = await this.#unlessDead(machine.run(() => documents.hold(ID)).catch(() => null));
    if (!held || machine !== this.#machine) return;
    if (person.lineage !== null && held.document.lineage !== person.lineage) throw new Error("another lineage");
    const wire = new Wire(machine);
    person.held = held;
    person.wire = wire;
    const browser = new Browser(wire.browser, person.doc);
    person.browser = browser;
    person.lineage = held.document.lineage;
    wire.browser.on("close", () => {
      if (browser.closedWith === CLOSE.badMessage) this.log.push("refused an honest message");
      if (person.browser === browser) this.#unplug(person);
    });
    machine.run(() => new Connection(wire.server, held.document, ACTOR));
    // What was typed without a connection goes with the answer to the server's question, the first message.
    for (const at of person.typed.values()) {
      if (at.browser?.saved !== undefined && at.message <= at.browser.saved && at.browser.sent > 0) continue;
      at.browser = browser;
      at.message = 1;
    }
  }

  #unplug(person: Person): void {
    const { wire, held } = person;
    person.browser = null;
    person.wire = null;
    person.held = null;
    wire?.cut();
    held?.release();
  }

  #person(): Person {
    return this.#people[this.#random.below(PEOPLE)] ?? newPerson();
  }

  type(): void {
    const person = this.#person();
    const token = this.#newToken("type");
    const text = person.doc.getText("text");
    text.insert(this.#random.below(text.length + 1), token);
    person.typed.set(token, { browser: person.browser, message: Math.max(1, person.browser?.sent ?? 1) });
  }

  erase(): void {
    const text = this.#person().doc.getText("text");
    const [token] = TOKEN.exec(text.toString()) ?? [];
    if (token === undefined) return;
    this.log.push(`erase ${token}`);
    text.delete(text.toString().indexOf(token), token.length);
    this.#kept.delete(token);
  }

  drop(): void {
    this.log.push("drop");
    this.#unplug(this.#person());
  }

  async comeBack(): Promise<void> {
    await this.#connect(this.#person());
  }

  /** What was acknowledged stays; what was not may go with them. */
  leaveForGood(): void {
    const person = this.#person();
    this.log.push("leave for good");
    for (const [token, { browser, message }] of person.typed) {
      if (!browser || browser.saved < message) this.#kept.delete(token);
    }
    this.#unplug(person);
    Object.assign(person, newPerson());
  }

  programReads(): void {
    this.#programs[this.#random.below(2)] = { text: fs.readFileSync(this.#file, "utf8"), at: performance.now() };
  }

  /**
   * A program writes back what it read, with a line more. What it wrote over what another program had just written, before
   * the editor server saw that, no editor can bring back; so there is one such write at a time. And whoever wrote with an old
   * text in hand is seen before the machine dies: what stood in the file before the last text, a dead machine has forgotten.
   */
  async programWrites(): Promise<void> {
    if (!this.#isTaken) return;
    const which = this.#random.below(2);
    const read = this.#programs[which] ?? null;
    const isSeen = this.#people.some(({ held }) => held !== null) && !this.#machine.isDying && !this.#machine.refuses;
    const isOld = read !== null && isSeen && performance.now() - read.at < PROGRAM_MS;
    const lines = (isOld ? read.text : fs.readFileSync(this.#file, "utf8")).split("\n");
    this.#programs[which] = null;
    const token = this.#newToken(`program, ${isOld ? "old" : "fresh"}`);
    lines.splice(this.#random.below(lines.length), 0, token);
    if (this.#random.below(2) === 0) fs.writeFileSync(this.#file, lines.join("\n"));
    else {
      fs.writeFileSync(`${this.#file}~`, lines.join("\n"));
      fs.renameSync(`${this.#file}~`, this.#file);
    }
    this.#isTaken = false;
    if (isOld) await this.look();
  }

  #newToken(what: string): string {
    const token = String.fromCodePoint(FIRST_TOKEN + this.#tokens++);
    this.log.push(`${what} ${token}`);
    this.#kept.add(token);
    this.#all.add(token);
    return token;
  }

  async save(): Promise<void> {
    const { held } = this.#person();
    if (held) await this.#unlessDead(this.#machine.run(() => held.document.save()).catch(() => undefined));
  }

  async look(): Promise<void> {
    const held = this.#people.find((person) => person.held !== null)?.held;
    if (held) await this.#look(held);
  }

  async #look({ document }: Held): Promise<void> {
    const looking = this.#machine.run(() => document.check().then(() => !document.ended));
    if (await this.#unlessDead(looking.catch(() => false))) this.#isTaken = true;
  }

  dieSoon(): void {
    const steps = this.#random.below(25);
    this.log.push(`die after ${steps} steps`);
    this.#machine.dieAfter(steps, this.#random.below(2) === 0);
  }

  die(): void {
    this.log.push("die");
    this.#machine.die();
  }

  fill(): void {
    this.#machine.refuses = this.#machine.refuses ? null : "ENOSPC";
    this.log.push(this.#machine.refuses ? "full" : "room again");
  }

  async pass(): Promise<void> {
    for (let turns = this.#random.below(6); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Whoever waits for a dead machine waits no longer. */
  async #unlessDead<T>(acting: Promise<T>): Promise<T | null> {
    const machine = this.#machine;
    let over = false;
    const watched = acting.finally(() => {
      over = true;
    });
    watched.catch(() => undefined);
    while (!over && !machine.dead) await new Promise((resolve) => setImmediate(resolve));
    return over ? watched : null;
  }

  async #converge(): Promise<void> {
    this.log.push("converge");
    const deadline = performance.now() + CONVERGE_MS;
    await this.#start();
    for (;;) {
      for (const person of this.#people) await this.#connect(person);
      const held = this.#people[0]?.held;
      if (held) {
        await this.#look(held);
        await this.#machine.run(() => held.document.save());
      }
      const file = fs.readFileSync(this.#file, "utf8");
      const same = this.#people.every(({ doc, browser }) => {
        const isSaved = browser !== null && browser.sent > 0 && browser.saved === browser.sent;
        return isSaved && doc.getText("text").toString() === file;
      });
      if (same) return;
      if (performance.now() > deadline) throw new Error(`they do not converge\nfile: ${JSON.stringify(file)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  #check(): void {
    const file = fs.readFileSync(this.#file, "utf8");
    if (this.log.includes("refused an honest message")) throw new Error("an honest message was refused");
    for (const token of this.#all) {
      const times = file.split(token).length - 1;
      if (times > 1) throw new Error(`${token} is there ${times} times: ${JSON.stringify(file)}`);
      if (times === 0 && this.#kept.has(token)) throw new Error(`${token} is lost: ${JSON.stringify(file)}`);
    }
  }
}

function newPerson(): Person {
  return { doc: new Y.Doc(), lineage: null, browser: null, wire: null, held: null, typed: new Map() };
}
