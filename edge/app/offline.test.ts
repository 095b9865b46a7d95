import { Hono } from "hono";
import { expect, test } from "vitest";
import type { App, Settings } from "../environment.ts";
import { serveOfflineWorker } from "./offline.ts";

function ask(OFFLINE_APP: Settings["OFFLINE_APP"]): Response | Promise<Response> {
  const app = new Hono<App>()
    .use(async (context, next) => {
      context.set("settings", { OFFLINE_APP } as Settings);
      await next();
    })
    .get("/offline.js", serveOfflineWorker);
  const assets = {
    fetch: async (asked: Request | URL) =>
      new Response(`asset ${new URL(asked instanceof URL ? asked : asked.url).pathname}`, {
        headers: { "content-type": "text/javascript", "cache-control": "public, max-age=0, must-revalidate" },
      }),
  };
  return app.request("http://markco.test/offline.js", {}, { ASSETS: assets });
}

test.each(["on", "off"] as const)(
  "the worker is a script that is asked for each time, and asks us alone: %s",
  async (value) => {
    const response = await ask(value);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toMatch(/^text\/javascript/);
    expect(response.headers.get("cache-control")).toBe("no-cache");
    expect(response.headers.get("content-security-policy")).toBe("default-src 'none'; connect-src 'self'");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    // It is at the root, so that no header has to widen what it may look after.
    expect(response.headers.get("service-worker-allowed")).toBeNull();
  },
);

test("it is the built one, or the one that takes it away", async () => {
  expect(await (await ask("on")).text()).toBe("asset /offline.js");
  expect(await (await ask("off")).text()).toBe("asset /offline-off.js");
});
