/** Variables as a list, each with what it consists of below it when one asks for that. */
import type { Answer, Variable } from "../../../../shared/mrp/introspection.ts";
import { element } from "../element.ts";
import { type Place, variableAt } from "./ask.ts";
import { kindOf, number } from "./kind.ts";

/** Members that are asked for at once. */
const PAGE = 50;

export class Rows {
  readonly list = element("ul", { class: "variable-list", "aria-label": "Variables" });
  session: string | null = null;
  readonly #projectId: string;
  readonly #fail: (message: string) => void;
  /** Keys of the places whose members are shown: they stay so when variables are looked at anew. */
  readonly #opened = new Set<string>();

  /** @param fail told what can't be shown, and why */
  constructor(projectId: string, fail: (message: string) => void) {
    this.#projectId = projectId;
    this.#fail = fail;
  }

  show(variables: readonly Variable[]): void {
    const focused = this.list.contains(document.activeElement) ? keyOfFocus() : null;
    this.list.replaceChildren(...variables.map((variable) => this.#row(variable, [])));
    if (focused === null) return;
    const again = [...this.list.querySelectorAll<HTMLElement>("button")].find(({ dataset }) => dataset.key === focused);
    again?.focus();
  }

  #row(variable: Variable, above: readonly string[]): HTMLElement {
    const { name, value, expandable } = variable;
    const steps = [...above, name];
    const key = JSON.stringify(steps);
    const line = element(
      "div",
      {},
      element("span", { class: "name" }, name),
      element("span", { class: "hint" }, kindOf(variable)),
      element("span", { class: "value", title: value }, value),
    );
    const row = element("li", {}, line);
    // The list is shortened, a text is cut: both go on below.
    if (expandable || value.endsWith("…")) line.prepend(this.#toggle(row, key, steps));
    if (isTable(variable)) line.append(this.#tableButton(key, steps));
    return row;
  }

  #toggle(row: HTMLElement, key: string, steps: readonly string[]): HTMLButtonElement {
    const label = `What is in ${steps.join(" › ")}`;
    const button = element("button", {
      type: "button",
      class: "toggle",
      "aria-label": label,
      "aria-expanded": "false",
      "data-key": key,
      click: () => (button.ariaExpanded === "true" ? close() : void open()),
    });
    const inside = element("div", { class: "inside" });
    const close = () => {
      this.#opened.delete(key);
      button.ariaExpanded = "false";
      inside.remove();
    };
    const open = async () => {
      this.#opened.add(key);
      button.ariaExpanded = "true";
      inside.replaceChildren(element("p", { class: "hint", role: "status" }, "Loading …"));
      row.append(inside);
      await this.#fill(inside, steps, 0).catch((error: unknown) => {
        inside.replaceChildren(element("p", { role: "alert" }, messageOf(error)));
      });
    };
    if (this.#opened.has(key)) void open();
    return button;
  }

  /** Shows the members from `offset` on, below those that are there. */
  async #fill(inside: HTMLElement, steps: readonly string[], offset: number): Promise<void> {
    const place = this.#placeOf(steps);
    if (!place) return;
    const answer = await variableAt(this.#projectId, place, { offset, limit: PAGE });
    const list = offset > 0 ? inside.querySelector("ul") : null;
    const members = (answer.children ?? []).map((member) => this.#row(member, steps));
    if (list) list.append(...members);
    else inside.replaceChildren(members.length > 0 ? element("ul", {}, ...members) : fullText(answer));
    const shown = offset + members.length;
    // Of a table, the columns are its members, and the count is that of its rows.
    const total = answer.table ? shown : (answer.count ?? shown);
    const before = inside.querySelector<HTMLElement>(":scope > button");
    if (members.length > 0 && shown < total) {
      const more = () => this.#fill(inside, steps, shown).catch((error: unknown) => this.#fail(messageOf(error)));
      const label = `${number(Math.min(PAGE, total - shown))} more of ${number(total)}`;
      const button = element("button", { type: "button", class: "quiet", click: more }, label);
      inside.append(button);
      if (before) button.focus();
    }
    before?.remove();
  }

  #tableButton(key: string, steps: readonly string[]): HTMLButtonElement {
    const open = async () => {
      const place = this.#placeOf(steps);
      if (!place) return;
      await import("./table.ts").then(
        ({ openTable }) => openTable(this.#projectId, place),
        () => this.#fail("The table can't be shown: the platform does not answer."),
      );
    };
    const label = `${steps.join(" › ")} as a table`;
    const attributes = { type: "button", class: "quiet table", "aria-label": label, "data-key": `table ${key}` };
    return element("button", { ...attributes, click: open }, "Table");
  }

  #placeOf([name, ...path]: readonly string[]): Place | null {
    return this.session === null || name === undefined ? null : { session: this.session, name, path };
  }
}

const keyOfFocus = () => (document.activeElement instanceof HTMLElement ? document.activeElement.dataset.key : null);

const isTable = ({ shape, expandable }: Variable) => expandable && shape?.length === 2;

function fullText({ fullValue, value }: Answer<"variable">): HTMLElement {
  return element("pre", { tabindex: "0", role: "region", "aria-label": "The whole value" }, fullValue ?? value);
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : "This can't be shown.");
