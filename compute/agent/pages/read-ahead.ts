/**
 * The pages that `criu lazy-pages` will ask for, fetched before it does. It asks process by process in the order of addresses,
 * one request at a time, and in between for single pages that a process touches. So what lies ahead of its requests is fetched
 * in that order, with several requests under way and as far as there is room; a page that is touched is fetched with a few
 * neighbours, past all that.
 *
 * What has been passed on is dropped, and may yet be asked for again: when a process forks, what it does not have is fetched for
 * both. So the source is needed until `criu lazy-pages` has ended, not just until everything has been here once.
 */
import { endOf, PAGE_BYTES, type Range } from "./memory-source.ts";
import { type Slot, Slots } from "./slots.ts";
import type { Fetch, Urgency } from "./source-link.ts";

/**
 * The size of a request, and the most that an answer has: CRIU takes fewer pages than it asked for, and it hears of a page that
 * is touched only when it has taken an answer.
 */
const BLOCK_PAGES = 256;
/** Fetched when one of them is touched and not here. */
const NEIGHBOURHOOD_PAGES = 16;
const NEIGHBOURHOODS = 128;
/** 32 MiB. */
const ROOM_PAGES = 32 * BLOCK_PAGES;
const UNDER_WAY_PAGES = 4 * BLOCK_PAGES;

type Block =
  | { readonly range: Range; readonly state: "away" | "passed" }
  | { readonly range: Range; readonly state: "coming"; readonly slot: Slot; readonly arrival: Promise<void> }
  | { readonly range: Range; readonly state: "here"; readonly slot: Slot };

type Coming = Extract<Block, { state: "coming" }>;

/** One process's. */
interface Lane {
  readonly process: number;
  /** By address. */
  readonly blocks: Block[];
  /** What is read ahead next; those before it are not away. */
  next: number;
  /** Where CRIU is; those before it are not kept. */
  cursor: number;
  /** Coming and here. */
  pages: number;
}

export interface Pages {
  readonly range: Range;
  readonly bytes: Buffer;
  /** To be called when the bytes are not needed any more. */
  release(): void;
}

export class ReadAhead {
  readonly #lanes: ReadonlyMap<number, Lane>;
  readonly #fetch: Fetch;
  readonly #roomPages: number;
  readonly #slots = new Slots(BLOCK_PAGES * PAGE_BYTES);
  /** By process and address. */
  readonly #neighbourhoods = new Map<string, Promise<Buffer>>();
  #underWayPages = 0;

  /** @param wanted by process and address */
  constructor(wanted: readonly Range[], fetch: Fetch, roomPages = ROOM_PAGES) {
    this.#lanes = lanesOf(wanted);
    this.#fetch = fetch;
    this.#roomPages = roomPages;
  }

  /** Fetches what comes next, as far as there is room. */
  advance(): void {
    for (let lane = this.#hungriest(); lane && this.#hasRoom(); lane = this.#hungriest()) {
      const index = lane.next++;
      const block = lane.blocks[index];
      if (block?.state === "away") this.#bring(lane, index, block.range, "read ahead");
    }
  }

  /** The pages asked for or the first of them, at least one. Rejects if they can't be had. */
  async ask(range: Range): Promise<Pages> {
    const lane = this.#lanes.get(range.process);
    const index = lane ? indexAt(lane.blocks, range.address) : -1;
    const block = lane?.blocks[index];
    if (!lane || !block) throw new Error(`process ${range.process} has no page at ${range.address} that is fetched`);
    const isTouched = range.pages === 1;
    if (!isTouched) this.#moveOn(lane, index);
    const answer = await this.#answer(lane, index, block, range, isTouched);
    if (block.range.pages === 1) this.#drop(lane, index);
    this.advance();
    return answer;
  }

  async #answer(lane: Lane, index: number, block: Block, range: Range, isTouched: boolean): Promise<Pages> {
    if (block.state === "here") return shared(block.slot, block.range, range);
    if (isTouched) return this.#touched(block.range, range);
    if (block.state === "coming") return this.#whenHere(block, range);
    if (block.state === "away") return this.#whenHere(this.#bring(lane, index, block.range, "waited for"), range);
    const part = overlap(block.range, range);
    return { range: part, bytes: await this.#fetchAnew(part), release() {} };
  }

  async #whenHere({ range, slot, arrival }: Coming, asked: Range): Promise<Pages> {
    // It is held from now on: it may be passed before it is here.
    const pages = shared(slot, range, asked);
    await arrival;
    return pages;
  }

  async #touched(block: Range, page: Range): Promise<Pages> {
    const bytes = NEIGHBOURHOOD_PAGES * PAGE_BYTES;
    const address = block.address + Math.floor((page.address - block.address) / bytes) * bytes;
    const around = overlap(block, { process: page.process, address, pages: NEIGHBOURHOOD_PAGES });
    const name = `${around.process}:${around.address}`;
    const coming = this.#neighbourhoods.get(name) ?? this.#fetchAnew(around);
    // The newest stand last.
    this.#neighbourhoods.delete(name);
    this.#neighbourhoods.set(name, coming);
    const [oldest] = this.#neighbourhoods.keys();
    if (oldest !== undefined && this.#neighbourhoods.size > NEIGHBOURHOODS) this.#neighbourhoods.delete(oldest);
    const from = page.address - around.address;
    return { range: page, bytes: (await coming).subarray(from, from + PAGE_BYTES), release() {} };
  }

  async #fetchAnew(range: Range): Promise<Buffer> {
    const bytes = Buffer.allocUnsafeSlow(range.pages * PAGE_BYTES);
    await this.#fetch(range, bytes, "waited for");
    return bytes;
  }

  #bring(lane: Lane, index: number, range: Range, urgency: Urgency): Coming {
    this.#underWayPages += range.pages;
    lane.pages += range.pages;
    const slot = this.#slots.take();
    const arrival = this.#fetch(range, slot.buffer, urgency).then(() => {
      this.#underWayPages -= range.pages;
      lane.blocks[index] = { range, state: "here", slot };
      if (index < lane.cursor) this.#drop(lane, index);
      this.advance();
    });
    // Whoever waits for it hears of it; the link says that it is lost.
    arrival.catch(() => {});
    const coming: Coming = { range, state: "coming", slot, arrival };
    lane.blocks[index] = coming;
    return coming;
  }

  /** What lies before has been passed on, or is mapped no more. */
  #moveOn(lane: Lane, index: number): void {
    for (let i = lane.cursor; i < index; i++) this.#drop(lane, i);
    lane.cursor = Math.max(lane.cursor, index);
    lane.next = Math.max(lane.next, index);
  }

  #drop(lane: Lane, index: number): void {
    const block = lane.blocks[index];
    if (!block || block.state === "coming") return;
    if (block.state === "here") {
      lane.pages -= block.range.pages;
      block.slot.release();
    }
    lane.blocks[index] = { range: block.range, state: "passed" };
  }

  /** The process with the least in store: CRIU takes from all in turn. */
  #hungriest(): Lane | null {
    let found: Lane | null = null;
    for (const lane of this.#lanes.values()) {
      if (lane.next < lane.blocks.length && (!found || lane.pages < found.pages)) found = lane;
    }
    return found;
  }

  #hasRoom(): boolean {
    let pages = 0;
    for (const lane of this.#lanes.values()) pages += lane.pages;
    return pages < this.#roomPages && this.#underWayPages < UNDER_WAY_PAGES;
  }
}

function lanesOf(wanted: readonly Range[]): Map<number, Lane> {
  const lanes = new Map<number, Lane>();
  for (const range of wanted) {
    const { process } = range;
    const lane = lanes.get(process) ?? { process, blocks: [], next: 0, cursor: 0, pages: 0 };
    lanes.set(process, lane);
    for (let page = 0; page < range.pages; page += BLOCK_PAGES) {
      const pages = Math.min(BLOCK_PAGES, range.pages - page);
      lane.blocks.push({ range: { process, address: range.address + page * PAGE_BYTES, pages }, state: "away" });
    }
  }
  return lanes;
}

/** Of the block that has the address; -1 if none has. */
function indexAt(blocks: readonly Block[], address: number): number {
  let [low, high] = [0, blocks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const block = blocks[middle];
    if (block && endOf(block.range) <= address) low = middle + 1;
    else high = middle;
  }
  const found = blocks[low];
  return found && found.range.address <= address ? low : -1;
}

/** What of `asked` lies in `there`, where its first page is. */
function overlap(there: Range, asked: Range): Range {
  const pages = (Math.min(endOf(there), endOf(asked)) - asked.address) / PAGE_BYTES;
  return { ...asked, pages };
}

function shared(slot: Slot, there: Range, asked: Range): Pages {
  slot.share();
  const range = overlap(there, asked);
  const from = range.address - there.address;
  return {
    range,
    bytes: slot.buffer.subarray(from, from + range.pages * PAGE_BYTES),
    release: () => slot.release(),
  };
}
