/** Who else has the document open: a badge for each, which follows them. */
import { element } from "./element.ts";

export interface PersonHere {
  /** The Yjs client that they are: somebody with two windows is here twice. */
  readonly client: number;
  readonly name: string;
  readonly color: string;
}

export interface People {
  readonly holder: HTMLElement;
  /** `followed`: the client whom the document scrolls with. */
  show(people: readonly PersonHere[], followed: number | null): void;
}

/** @param follow told whom to follow, null for nobody */
export function peopleHere(follow: (client: number | null) => void): People {
  const holder = element("span", { class: "people" });
  let drawn = "";

  function show(people: readonly PersonHere[], followed: number | null): void {
    // Each move of a cursor is told of; a badge that is being pressed must not go.
    const next = JSON.stringify([people, followed]);
    if (next === drawn) return;
    drawn = next;
    const focused = holder.querySelector<HTMLElement>(":focus")?.dataset.client;
    const name = people.find(({ client }) => client === followed)?.name;
    holder.replaceChildren(
      ...people.map((person) => badge(person, person.client === followed)),
      ...(name === undefined ? [] : [element("span", { class: "hint", role: "status" }, `Following ${name}`)]),
    );
    if (focused) holder.querySelector<HTMLElement>(`[data-client="${focused}"]`)?.focus();
  }

  function badge({ client, name, color }: PersonHere, isFollowed: boolean): HTMLElement {
    const button = element(
      "button",
      {
        type: "button",
        class: "badge",
        "data-client": String(client),
        "aria-label": `Follow ${name}`,
        "aria-pressed": String(isFollowed),
        title: isFollowed ? `Following ${name}` : `${name} – press to follow`,
        click: () => follow(isFollowed ? null : client),
      },
      name.slice(0, 1).toUpperCase(),
    );
    button.style.background = color;
    return button;
  }

  return { holder, show };
}
