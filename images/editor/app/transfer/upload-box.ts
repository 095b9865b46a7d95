/** An upload as the person sees it, beside their work: how far it is, what is asked of them, and what came of it. */
import type { IfTaken } from "../../../../shared/editor/transfer.ts";
import { element } from "../element.ts";
import { size } from "../size.ts";
import { addStyle } from "../style.ts";
import type { Desk } from "../tools.ts";
import type { Chosen, Listing } from "./chosen.ts";
import { type Outcome, type Progress, sendAll } from "./send-all.ts";
import { type Refused, type Sifted, sift } from "./sift.ts";
import css from "./transfer.css" with { type: "text" };

addStyle(css);

/** More names than that are counted. */
const NAMED = 5;

/** Brings files in. @param folder of the project that they go to; "" is the project itself */
export function upload(desk: Desk, listing: Listing, folder: string): void {
  place().append(new UploadBox(desk, sift(listing, folder), folder).box);
}

function place(): Element {
  const found = document.querySelector(".uploads");
  if (found) return found;
  // Over the panel that the person may have open, and it doesn't close when they go on with something else.
  const made = element("div", { class: "panel uploads", popover: "manual" });
  document.body.append(made);
  made.showPopover();
  return made;
}

class UploadBox {
  readonly box: HTMLElement;
  readonly #desk: Desk;
  readonly #bar = element("progress", { "aria-label": "Upload" });
  /** Changes too often to be read out. */
  readonly #far = element("p", { class: "hint" });
  readonly #status = element("p", { role: "status" });
  readonly #problem = element("p", { class: "problem", role: "alert" });
  readonly #notes = element("ul");
  readonly #actions = element("p", { class: "actions" });
  #placed = 0;
  readonly #refused: Refused[];

  constructor(desk: Desk, { wanted, refused, tooling, problem }: Sifted, folder: string) {
    this.#desk = desk;
    this.#refused = [...refused];
    const title = `Upload to ${folder === "" ? desk.project.slug : folder}`;
    this.box = element(
      "section",
      { "aria-label": title },
      element("h2", {}, title),
      this.#bar,
      this.#far,
      this.#status,
      this.#problem,
      this.#notes,
      this.#actions,
    );
    if (tooling.length > 0) this.#notes.append(note("Left out, because they are for tools:", tooling));
    if (problem !== null) this.#close("", problem);
    else {
      // Those that are known to be there need not be sent to hear it.
      const there = new Set(desk.project.files.map(({ path }) => path));
      const [taken, free] = [
        wanted.filter(({ path }) => there.has(path)),
        wanted.filter(({ path }) => !there.has(path)),
      ];
      void this.#send(free, "refuse", taken);
    }
  }

  /** @param waiting about which the person is asked afterwards, together with those that turn out to be like them */
  async #send(files: readonly Chosen[], ifTaken: IfTaken, waiting: readonly Chosen[] = []): Promise<void> {
    const stop = new AbortController();
    this.#status.textContent = "";
    this.#problem.textContent = "";
    const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
    this.#bar.max = Math.max(bytes, 1);
    this.#bar.hidden = false;
    const show = (progress: Progress) => {
      this.#bar.value = bytes === 0 ? 1 : progress.bytes;
      this.#far.textContent = `${progress.files} of ${count(files.length)}, ${size(progress.bytes)} of ${size(bytes)}`;
    };
    show({ files: 0, bytes: 0 });
    this.#offer(button("Stop", () => stop.abort()));
    const staying = (event: Event) => event.preventDefault();
    window.addEventListener("beforeunload", staying);
    const { projectId } = this.#desk.project;
    const outcome = await sendAll(files, { projectId, ifTaken, signal: stop.signal, onProgress: show }).finally(() =>
      window.removeEventListener("beforeunload", staying),
    );
    this.#bar.hidden = true;
    this.#far.textContent = "";
    await this.#desk.refresh().catch(() => {});
    this.#take(outcome, ifTaken, waiting);
  }

  #take({ placed, taken, refused, left, problem }: Outcome, ifTaken: IfTaken, waiting: readonly Chosen[]): void {
    this.#placed += placed.length;
    this.#refused.push(...refused);
    const asked = [...waiting, ...taken];
    if (left.length > 0) {
      const goOn = button("Go on", () => void this.#send(left, ifTaken, asked));
      this.#close(`${this.#came()} ${count(left.length)} not sent.`, problem ?? "", goOn);
    } else if (asked.length > 0) this.#ask(asked);
    else this.#close(this.#came(), "");
  }

  /** What is there already: nothing is overwritten unless the person says so. */
  #ask(taken: readonly Chosen[]): void {
    const names = listed(taken.map(({ path }) => path));
    this.#status.textContent = `${names} ${taken.length === 1 ? "is" : "are"} there already. If you replace ${taken.length === 1 ? "it" : "them"}, what is there now goes to the deleted files.`;
    this.#offer(
      button("Replace", () => void this.#send(taken, "replace")),
      button("Keep both", () => void this.#send(taken, "keep-both")),
      button("Leave as is", () => this.#close(this.#came(), "")),
    );
  }

  #came(): string {
    return this.#placed === 0 ? "Nothing was uploaded." : `${count(this.#placed)} uploaded.`;
  }

  #close(said: string, problem: string, ...more: readonly HTMLElement[]): void {
    this.#bar.hidden = true;
    this.#status.textContent = said;
    this.#problem.textContent = problem;
    for (const { path, why } of this.#refused.splice(0)) this.#notes.append(element("li", {}, `${path}: ${why}`));
    this.#offer(
      ...more,
      button("Close", () => this.#leave()),
    );
  }

  /** Who has just pressed one of the buttons before is on the first of these. */
  #offer(...buttons: readonly HTMLElement[]): void {
    const hadFocus = this.#actions.contains(document.activeElement);
    this.#actions.replaceChildren(...buttons);
    if (hadFocus) buttons[0]?.focus();
  }

  #leave(): void {
    const isByKeyboard = this.#actions.querySelector(":focus-visible") !== null;
    this.box.remove();
    const others = document.querySelector(".uploads");
    if (others?.childElementCount === 0) others.remove();
    if (isByKeyboard) document.querySelector<HTMLElement>(".cm-content")?.focus();
  }
}

function button(label: string, act: () => void): HTMLButtonElement {
  return element("button", { type: "button", click: act }, label);
}

function note(what: string, names: readonly string[]): HTMLElement {
  return element("li", {}, `${what} ${listed(names)}`);
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMED;
  return `${names.slice(0, NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

const count = (files: number): string => (files === 1 ? "1 file" : `${files} files`);
