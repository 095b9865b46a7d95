/** What browsers get in the worker's place when the operator wants it gone (edge/app/offline.ts): it takes all with it. */
declare const self: ServiceWorkerGlobalScope;

self.addEventListener("install", (event) => {
  event.waitUntil(self.skipWaiting());
});
self.addEventListener("activate", (event) => {
  event.waitUntil(goAway());
});

async function goAway(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("markco-")).map((name) => caches.delete(name)));
  await self.registration.unregister();
}

export {};
