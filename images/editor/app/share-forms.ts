/** The two ways to let somebody in: by what they are called, or by a link that is passed on. */
import { MAX_LINK_USES } from "../../../shared/sharing.ts";
import { element } from "./element.ts";
import { chosenRole, roleSelect } from "./role-select.ts";
import { invite, makeLink } from "./sharing.ts";

/** Does something, shows what has become of the lists, and says `done`. */
export type Change = (doing: string, done: string | (() => string), act: () => Promise<void>) => void;

const LIVES = [
  [1, "a day"],
  [7, "a week"],
  [30, "a month"],
  [365, "a year"],
] as const;

export function emailForm(projectId: string, change: Change): HTMLElement {
  const to = element("input", {
    type: "text",
    required: true,
    maxlength: "320",
    autocomplete: "off",
    spellcheck: "false",
  });
  const role = roleSelect("editor");
  const form = element(
    "form",
    { "aria-label": "Invite somebody" },
    element("label", { class: "wide" }, "Handle or e-mail address", to),
    element("label", {}, "Role", role),
    element("button", { type: "submit" }, "Invite"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    let said = "";
    change(
      "Inviting …",
      () => said,
      async () => {
        const invited = await invite(projectId, to.value, chosenRole(role));
        to.value = "";
        said =
          invited.kind === "member"
            ? `@${invited.handle} is in the project.`
            : `${invited.email} comes in by signing in with this address. No message is sent: tell them.`;
      },
    );
  });
  return form;
}

export function linkForm(projectId: string, change: Change, status: HTMLElement): HTMLElement {
  const role = roleSelect("viewer");
  const days = element(
    "select",
    {},
    ...LIVES.map(([number, text]) => element("option", { value: `${number}`, selected: number === 7 }, text)),
  );
  const uses = element("input", { type: "number", min: "1", max: `${MAX_LINK_USES}`, placeholder: "any number" });
  const address = element("input", { type: "text", readonly: true });
  const made = element(
    "p",
    { class: "made", hidden: true },
    element("label", {}, "The link, shown only now", address),
    element("button", { type: "button", click: () => void copy() }, "Copy"),
  );
  const form = element(
    "form",
    { "aria-label": "Make a link" },
    element("label", {}, "Role", role),
    element("label", {}, "Good for", days),
    element("label", {}, "People", uses),
    element("button", { type: "submit" }, "Make a link"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    change("Making a link …", "The link is made. Whoever has it can come in.", async () => {
      const wish = {
        role: chosenRole(role),
        days: Number(days.value),
        uses: uses.value === "" ? null : Number(uses.value),
      };
      address.value = (await makeLink(projectId, wish)).url;
      made.hidden = false;
      address.select();
    });
  });

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(address.value);
      status.textContent = "The link is copied.";
    } catch {
      // The browser lets nobody write there: the person can.
      address.select();
      status.textContent = "The link is selected: copy it by Ctrl-C.";
    }
  }

  return element("div", {}, form, made);
}
