/**
 * Keeps the app itself for a reload without a connection, by a service worker (offline/worker.ts). It is asked for when the
 * document is there, and what was loaded before it could see it is asked for once more.
 */
import { openProject, type User, whoAmI } from "../api.ts";
import { keepOnlyShared } from "./person.ts";

/** The app's page, and the script that renders blocks: a script of its own is looked after by where it is, not by who started it. */
const SCOPES = ["/edit/", "/app/"];

/** Never rejects: without it, the app works as long as there is a connection. */
export async function keepApp(user: User, owner: string, slug: string): Promise<void> {
  void keepOnlyShared(user);
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  try {
    for (const scope of SCOPES) await register(serviceWorker, scope);
    if (serviceWorker.controller) return;
    await new Promise((resolve) => serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
    await Promise.all([whoAmI(), openProject(owner, slug)]);
  } catch {}
}

async function register(serviceWorker: ServiceWorkerContainer, scope: string): Promise<void> {
  const registration = await serviceWorker.register("/offline.js", { scope, updateViaCache: "none" });
  // Left to itself, Chromium asks whether there is another only once this one has nothing to do.
  if (registration.active) await registration.update();
}
