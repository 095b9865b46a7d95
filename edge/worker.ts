/** The edge: people, projects and published sites. One Worker. */
import { type Context, Hono } from "hono";
import { html } from "hono/html";
import { warmUp } from "../reader/document/warm-up.ts";
import { Fault } from "../shared/daemon/fault.ts";
import { notFoundNotice, notice } from "./app/notice.ts";
import { serveOfflineWorker } from "./app/offline.ts";
import { APP_POLICY, appPage } from "./app/page.ts";
import { billing } from "./billing/routes.ts";
import { deviceApi, devicePage } from "./device/routes.ts";
import { type App, worldOf } from "./environment.ts";
import { events } from "./events/routes.ts";
import { frame } from "./frame/routes.ts";
import { imports } from "./projects/imports.ts";
import { newProject } from "./projects/new-project.ts";
import { projects } from "./projects/routes.ts";
import { appAt } from "./proxy/address.ts";
import { answerForApp, proxyDoor } from "./proxy/routes.ts";
import { runtimes } from "./runtimes/routes.ts";
import { sandboxes } from "./runtimes/sandboxes.ts";
import { snapshots } from "./runtimes/snapshots.ts";
import { signedIn } from "./session/session.ts";
import { join } from "./sharing/join.ts";
import { sharing } from "./sharing/routes.ts";
import { signIn } from "./sign-in/routes.ts";
import { siteDomains } from "./site/domains.ts";
import { serveReaderAsset } from "./site/reader-assets.ts";
import { publishedSites } from "./site/routes.ts";
import { tunnel } from "./tunnel/routes.ts";

warmUp();

const app = new Hono<App>();

app.use(async (context, next) => {
  const { settings, database } = worldOf(context.env);
  context.set("settings", settings);
  context.set("database", database);
  const place = appAt(settings, new URL(context.req.url));
  if (place !== null) return answerForApp(context, place);
  return next();
});

app.use(siteDomains);

// Of markco's own origin alone: on an app's origin these paths are the app's.
app.get("/app/*", ({ env, req }) => env.ASSETS.fetch(req.raw));
app.get("/offline.js", serveOfflineWorker);
app.get("/reader/*", serveReaderAsset);
// Browsers look here when a page names no icon; that this one is an SVG, its content type says.
app.get("/favicon.ico", ({ env, req }) => env.ASSETS.fetch(new URL("/reader/icon.svg", req.url)));
app.route("/", publishedSites);
app.route("/auth", signIn);
app.route("/device", devicePage);
app.route("/proxy", proxyDoor);
app.route("/frame", frame);
app.route("/join", join);
app.route("/api/device", deviceApi);
app.route("/api/daemon/events", events);

app.get("/api/health", (context) => context.json({ ok: true }));
app.use("/api/*", signedIn);
app.get("/api/me", ({ var: { person }, json }) =>
  json({ user: { userId: person.userId, handle: person.handle, name: person.name } }),
);
app.route("/api/imports", imports);
app.route("/api/projects", tunnel);
app.route("/api", newProject);
app.route("/api", projects);
app.route("/api", sharing);
app.route("/api", runtimes);
app.route("/api", snapshots);
app.route("/api", sandboxes);
app.route("/api", billing);

for (const path of ["/", "/usage", "/edit/*"]) {
  app.get(path, (context) =>
    context.html(appPage(), 200, {
      "content-security-policy": APP_POLICY,
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
      "cache-control": "no-cache",
    }),
  );
}

app.notFound((context) =>
  isForPrograms(context) ? answer(context, new Fault("not_found", "no such address")) : notFoundNotice(),
);

app.onError((error, context) => {
  if (error instanceof Fault) return answer(context, error);
  const id = crypto.randomUUID().slice(0, 8);
  // The request's address may carry a token: its path alone is logged, and a link's path is one.
  const path = context.req.path.replace(/^\/join\/.*/s, "/join/…");
  console.error(`[${id}] ${context.req.method} ${path}:`, error);
  return answer(context, new Fault("internal", `the platform failed; its log has the details under ${id}`));
});

/** Everything else is opened by people, who get a page. */
function isForPrograms(context: Context<App>): boolean {
  return context.req.path.startsWith("/api/");
}

function answer(context: Context<App>, fault: Fault): Response | Promise<Response> {
  if (!isForPrograms(context)) return notice(fault.status, "That did not work", html`<p>${fault.message}</p>`);
  return Response.json(fault.toBody(), { status: fault.status, headers: { "cache-control": "no-store" } });
}

export default app;
