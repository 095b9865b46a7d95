/** What stands above every page: where one is, and who. */
import type { User } from "./api.ts";
import { element } from "./element.ts";

export function topBar(user: User, ...middle: readonly Node[]): HTMLElement {
  return element(
    "header",
    { class: "top" },
    element("a", { class: "brand", href: "/" }, "markco"),
    ...middle,
    element(
      "form",
      { method: "post", action: "/auth/sign-out", class: "person" },
      element("a", { href: "/usage" }, "Usage"),
      element("span", { class: "hint" }, `@${user.handle}`),
      element("button", { type: "submit", class: "quiet" }, "Sign out"),
    ),
  );
}
