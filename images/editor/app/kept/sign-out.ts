/** The way out: what the browser has kept for the person goes first, and they are asked if that is not saved. */
import type { User } from "../api.ts";
import { element } from "../element.ts";
import { ANSWERS, DATABASE } from "./names.ts";
import { owed } from "./person.ts";

/** @param form posts the signing out; its last child is the button that was pressed */
export async function signOut(form: HTMLFormElement, user: User): Promise<void> {
  const documents = (await owed(user.userId)).length;
  if (documents === 0) await leave(form);
  else ask(form, documents);
}

async function leave(form: HTMLFormElement): Promise<void> {
  await forgetAll();
  form.submit();
}

function ask(form: HTMLFormElement, documents: number): void {
  form.querySelector(".sign-out")?.remove();
  const what = documents === 1 ? "A document has" : `${documents} documents have`;
  const stay = element("button", { type: "button", click: giveUp }, "Cancel");
  const question = element(
    "span",
    { role: "group", class: "sign-out", "aria-label": "Sign out" },
    `${what} edits that are not saved yet. They are lost if you sign out.`,
    element("button", { type: "button", class: "danger", click: () => void leave(form) }, "Sign out now"),
    stay,
  );
  form.append(question);
  stay.focus();

  function giveUp(): void {
    question.remove();
    form.querySelector("button")?.focus();
  }
}

/** Resolves when all is gone, also for other tabs that are open; they keep nothing more. Never rejects. */
async function forgetAll(): Promise<void> {
  const workers = (await navigator.serviceWorker?.getRegistrations().catch(() => [])) ?? [];
  // An answer that is on its way to the person at this moment is not kept either.
  for (const { active } of workers) active?.postMessage("forget");
  await Promise.allSettled([deleteDatabase(), globalThis.caches?.delete(ANSWERS)]);
}

function deleteDatabase(): Promise<void> {
  return new Promise((resolve) => {
    const deleting = indexedDB.deleteDatabase(DATABASE);
    // `blocked`: it is gone as soon as the last page lets go of it, which it was told to.
    deleting.onsuccess = deleting.onerror = deleting.onblocked = () => resolve();
  });
}
