/** What a person is told when what they may do in the project has changed while they have it open. */
import { may, outranks, type Role } from "../../../shared/roles.ts";
import { element } from "./element.ts";

export interface RoleNotice {
  readonly holder: HTMLElement;
  /** `now` is null for somebody who may not even read any more. */
  show(before: Role | null, now: Role | null): void;
}

export function roleNotice(): RoleNotice {
  const holder = element("div", { class: "problem role-notice", role: "alert", hidden: true });
  return {
    holder,
    show(before, now) {
      holder.hidden = before === now;
      if (holder.hidden) return;
      const reload = element("button", { type: "button", click: () => location.reload() }, "Reload");
      holder.replaceChildren(textOf(before, now), ...(now === null ? [] : [reload]));
    },
  };
}

export function textOf(before: Role | null, now: Role | null): string {
  if (now === null) return "This project is not shared with you any more. Nothing that you write here is kept.";
  if (outranks(now, before)) return `Your role here is ${now} now: reload to do what it allows.`;
  return may(now, "write") || !may(before, "write")
    ? `Your role here is ${now} now.`
    : `Your role here is ${now} now: you can't edit any more.`;
}
