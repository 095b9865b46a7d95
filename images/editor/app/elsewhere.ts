/** Who has other documents of the project open: a badge for each, which goes there. */
import { PeopleList } from "../../../shared/editor/people.ts";
import { json } from "./api.ts";
import { element } from "./element.ts";

/** How often they are looked for while the page is visible. */
const LOOK_MS = 10_000;

export interface ElsewhereInput {
  readonly projectId: string;
  /** One's own. */
  readonly handle: string;
  /** Path of the document that is open here. */
  readonly here: () => string;
  readonly open: (path: string) => void;
}

export function peopleElsewhere({ projectId, handle, here, open }: ElsewhereInput): HTMLElement {
  const holder = element("span", { class: "people" });
  let drawn = "";

  async function look(): Promise<void> {
    if (document.visibilityState !== "visible") return;
    const { people } = await json(PeopleList, `/api/projects/${projectId}/editor/people`);
    const others = people.filter((person) => person.handle !== handle && person.path !== here());
    const next = JSON.stringify(others);
    if (next === drawn) return;
    drawn = next;
    holder.replaceChildren(...others.map(badge));
  }

  function badge({ path, name, color }: PeopleList["people"][number]): HTMLElement {
    const where = `${name} is in ${path}`;
    const go = () => open(path);
    const button = element(
      "button",
      { type: "button", class: "badge elsewhere", "aria-label": `${where}: go there`, title: where, click: go },
      name.slice(0, 1).toUpperCase(),
    );
    button.style.borderColor = color;
    return button;
  }

  // The next look may be luckier: nothing here is worth a message.
  const lookQuietly = () => void look().catch(() => {});
  lookQuietly();
  setInterval(lookQuietly, LOOK_MS);
  return holder;
}
