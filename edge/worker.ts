/** The edge: people, projects and published sites. One Worker. */
import { Hono } from "hono";
import { Fault } from "../shared/daemon/fault.ts";
import { APP_POLICY, appPage } from "./app/page.ts";
import { deviceApi, devicePage } from "./device/routes.ts";
import { type App, worldOf } from "./environment.ts";
import { events } from "./events/routes.ts";
import { imports } from "./projects/imports.ts";
import { projects } from "./projects/routes.ts";
import { signedIn } from "./session/session.ts";
import { signIn } from "./sign-in/routes.ts";
import { publishedSites } from "./site/routes.ts";
import { tunnel } from "./tunnel/routes.ts";

const app = new Hono<App>();

app.use(async (context, next) => {
  const { settings, database } = worldOf(context.env);
  context.set("settings", settings);
  context.set("database", database);
  await next();
});

app.route("/", publishedSites);
app.route("/auth", signIn);
app.route("/device", devicePage);
app.route("/api/device", deviceApi);
app.route("/api/daemon/events", events);

app.get("/api/health", (context) => context.json({ ok: true }));
app.use("/api/*", signedIn);
app.get("/api/me", ({ var: { person }, json }) =>
  json({ user: { userId: person.userId, handle: person.handle, name: person.name } }),
);
app.route("/api/imports", imports);
app.route("/api/projects", tunnel);
app.route("/api", projects);

for (const path of ["/", "/edit/*"]) {
  app.get(path, (context) =>
    context.html(appPage(), 200, {
      "content-security-policy": APP_POLICY,
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
      "cache-control": "no-cache",
    }),
  );
}

app.notFound((context) => {
  if (context.req.path.startsWith("/api/")) return answer(new Fault("not_found", "no such address"));
  return context.text("Not found\n", 404);
});

app.onError((error, context) => {
  if (error instanceof Fault) return answer(error);
  const id = crypto.randomUUID().slice(0, 8);
  // The request's address may carry a token: its path alone is logged.
  console.error(`[${id}] ${context.req.method} ${context.req.path}:`, error);
  return answer(new Fault("internal", `the platform failed; its log has the details under ${id}`));
});

function answer(fault: Fault): Response {
  return Response.json(fault.toBody(), { status: fault.status, headers: { "cache-control": "no-store" } });
}

export default app;
