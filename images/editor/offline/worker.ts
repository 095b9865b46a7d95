/**
 * The service worker of the app's page: a reload without a connection finds the app, and what it needs to open a project.
 *
 * With a connection the network comes first for all that can change, so that a deploy is seen at once; and a new deploy has
 * another worker, which brings the whole new app or stays away. Kept answers belong to the person whom they were given to:
 * they go when the platform says that nobody, or somebody else, is signed in, and when the person signs out (app/kept/sign-out.ts).
 *
 * To be rid of it: set OFFLINE_APP=off at the edge (edge/app/offline.ts), which gives browsers another script in this one's place.
 */
import * as z from "zod/mini";
import { type Kind, kindOf } from "./kinds.ts";

declare const self: ServiceWorkerGlobalScope;
/** From the build: what the app is made of, and a hash of it all. */
declare const APP: { readonly version: string; readonly files: readonly string[] };

const SHELL = `markco-app-${APP.version}`;
const ANSWERS = "markco-answers";
/** The same for every document. */
const PAGE = "/edit/";
const MAX_PICTURES = 200;
const MAX_PICTURE_BYTES = 4_000_000;

const Me = z.object({ user: z.object({ userId: z.string() }) });

/** Raised when what is kept has to go: what was asked for before is not kept after. */
let era = 0;

self.addEventListener("install", (event) => {
  event.waitUntil(install());
});
self.addEventListener("activate", (event) => {
  event.waitUntil(activate());
});
self.addEventListener("message", (event) => {
  if (event.data === "forget") event.waitUntil(forget());
});
self.addEventListener("fetch", (event) => {
  const kind = kindOf(event.request, self.location.origin);
  if (kind !== null) event.respondWith(answer(event, kind));
});

/** All of it or nothing: a worker that can't have the whole app is none. */
async function install(): Promise<void> {
  const shell = await caches.open(SHELL);
  const isThere = (await shell.match(PAGE)) !== undefined;
  if (!isThere) await shell.addAll([...APP.files, PAGE].map((file) => new Request(file, { cache: "no-cache" })));
  await self.skipWaiting();
}

async function activate(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("markco-app-") && name !== SHELL);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

function answer(event: FetchEvent, kind: Kind): Promise<Response> {
  const { request } = event;
  switch (kind) {
    case "hashed":
      return hashed(request);
    case "file":
      return fetch(request).catch((error) => kept(SHELL, request, error));
    case "page":
      return fetch(request).then(
        (response) => {
          if (response.ok) event.waitUntil(keep(SHELL, PAGE, response.clone()));
          return response;
        },
        (error) => kept(SHELL, PAGE, error),
      );
    case "answer":
    case "picture":
      return spoken(event);
  }
}

async function hashed(request: Request): Promise<Response> {
  const shell = await caches.open(SHELL);
  const found = await shell.match(request, { ignoreVary: true });
  if (found) return found;
  const response = await fetch(request);
  // Fonts come as formulas need them; all else of the app is there.
  if (response.ok && new URL(request.url).pathname.startsWith("/reader/")) await shell.put(request, response.clone());
  return response;
}

async function spoken(event: FetchEvent): Promise<Response> {
  const { request } = event;
  const since = era;
  let response: Response;
  try {
    response = await fetch(request);
  } catch (error) {
    return kept(ANSWERS, request, error);
  }
  event.waitUntil(hear(request, response.clone(), since).catch(() => {}));
  return response;
}

async function hear(request: Request, response: Response, since: number): Promise<void> {
  const { pathname } = new URL(request.url);
  if (response.status === 401) return forget();
  if (response.status === 403 || response.status === 404) return forgetBelow(pathname);
  if (!response.ok) return;
  const body = await response.blob();
  if (pathname === "/api/me") await forgetOthers(await body.text());
  if (pathname.endsWith("/file") && body.size > MAX_PICTURE_BYTES) return;
  // Nobody, or somebody else, may be signed in by now.
  if (since !== era) return;
  if (await isKept(request, body)) return;
  await keep(ANSWERS, request, new Response(body, { headers: response.headers }));
  if (since !== era) return void (await caches.delete(ANSWERS));
  if (pathname.endsWith("/file")) await dropPictures();
}

/** The project's state is asked for every few seconds, and says the same. */
async function isKept(request: Request, body: Blob): Promise<boolean> {
  const before = await (await caches.open(ANSWERS)).match(request, { ignoreVary: true });
  return before !== undefined && (await before.text()) === (await body.text());
}

/** What was said to somebody else is not said to this person. */
async function forgetOthers(me: string): Promise<void> {
  const before = await (await caches.open(ANSWERS)).match("/api/me");
  if (before && whose(await before.text()) !== whose(me)) await caches.delete(ANSWERS);
}

const whose = (me: string) => Me.parse(JSON.parse(me)).user.userId;

async function forget(): Promise<void> {
  era++;
  await caches.delete(ANSWERS);
}

/** The project is not there for this person: neither are its pictures. */
async function forgetBelow(pathname: string): Promise<void> {
  const answers = await caches.open(ANSWERS);
  for (const request of await answers.keys()) {
    const path = new URL(request.url).pathname;
    if (path === pathname || path.startsWith(`${pathname}/`)) await answers.delete(request);
  }
}

async function dropPictures(): Promise<void> {
  const answers = await caches.open(ANSWERS);
  // The oldest come first.
  const pictures = (await answers.keys()).filter(({ url }) => new URL(url).pathname.endsWith("/file"));
  for (const request of pictures.slice(0, -MAX_PICTURES)) await answers.delete(request);
}

async function keep(name: string, request: Request | string, response: Response): Promise<void> {
  await (await caches.open(name)).put(request, response);
}

async function kept(name: string, request: Request | string, error: unknown): Promise<Response> {
  const found = await (await caches.open(name)).match(request, { ignoreVary: true });
  if (!found) throw error;
  return found;
}
