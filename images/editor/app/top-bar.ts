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
      { method: "post", action: "/auth/sign-out", class: "person", submit: (event) => signOut(event, user) },
      element("a", { href: "/usage" }, "Usage"),
      element("span", { class: "hint" }, `@${user.handle}`),
      element("button", { type: "submit", class: "quiet" }, "Sign out"),
    ),
  );
}

/** What this browser has kept for the person goes first. If that can't be done here, the answer makes the browser do it. */
function signOut(event: Event, user: User): void {
  const form = event.currentTarget;
  if (!(form instanceof HTMLFormElement)) return;
  event.preventDefault();
  import("./kept/sign-out.ts").then(
    ({ signOut }) => signOut(form, user),
    () => form.submit(),
  );
}
