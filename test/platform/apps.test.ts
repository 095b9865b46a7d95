/** A web app that a cell serves, seen by its author in a browser: HTTP, a WebSocket, cookies, and what it can't reach. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { openBrowser } from "../browser.ts";
import { signIn } from "./person.ts";
import { eventually, markco, ROOT, readProjectFile } from "./platform.ts";

const place = inject("platform");
const url = `http://localhost:${place.port}`;

/** Listens on the runtime's loopback alone, as such servers do; echoes one WebSocket message at a time (RFC 6455). */
const SERVER = `import base64, hashlib, http.server, threading
PAGE = b"""<!doctype html><title>App</title><p id=said>waiting</p><script>
document.cookie = "theirs=1";
const socket = new WebSocket(location.origin.replace("http", "ws") + "/socket");
socket.onopen = () => socket.send("over the socket");
socket.onmessage = async ({ data }) => {
  const sent = await (await fetch("/echo", { method: "POST", body: "posted" })).text();
  said.textContent = data + ", " + sent;
};
</script>"""
class App(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *_): pass
    def answer(self, body, kind="text/html"):
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers["content-length"])), "text/plain")
    def do_GET(self):
        if self.path == "/headers":
            return self.answer(str(self.headers).encode(), "text/plain")
        if self.path != "/socket":
            return self.answer(PAGE)
        key = self.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("upgrade", "websocket")
        self.send_header("connection", "Upgrade")
        self.send_header("sec-websocket-accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
        self.end_headers()
        length = self.rfile.read(2)[1] & 127
        mask = self.rfile.read(4)
        text = bytes(b ^ mask[i % 4] for i, b in enumerate(self.rfile.read(length)))
        self.wfile.write(bytes([0x81, length]) + text)
        self.close_connection = True
server = http.server.ThreadingHTTPServer(("127.0.0.1", 8050), App)
threading.Thread(target=server.serve_forever, daemon=True).start()
print("Serving on http://127.0.0.1:8050/dash?x=1")`;

let browser: Browser;
let projectId = "";

beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), "apps-"));
  await writeFile(join(root, "mrmd.md"), "# Apps\n");
  await writeFile(join(root, "01-app.md"), `# App\n\n\`\`\`python\n${SERVER}\n\`\`\`\n`);
  projectId = JSON.parse((await markco(place, "import", root, "--name", "apps", "--json")).stdout).projectId;
  expect((await markco(place, "run", "apps/01-app.md", "--json")).status).toBe(0);
  browser = await openBrowser();
});
afterAll(() => browser?.close());

test("a web app that a cell serves is opened from its output, at an origin of its own", async () => {
  expect(await readProjectFile(place, projectId, "01-app.md")).toContain("Serving on http://127.0.0.1:8050/dash?x=1");
  const page = await signIn(browser, url);
  await page.goto(`${url}/edit/@demo/apps/01-app.md`);
  const [app] = await Promise.all([
    page.context().waitForEvent("page"),
    page.getByRole("link", { name: "Open app" }).click(),
  ]);
  await eventually("the app's page has spoken over its socket and posted", 15_000, async () =>
    (await app.locator("#said").textContent())?.includes("over the socket, posted"),
  );
  await app.screenshot({ path: join(ROOT, "test/artefacts/web-app.png") });
  const at = new URL(app.url());
  expect(at.host).toBe(`p8050-${projectId.replaceAll("-", "")}.apps.localhost:${place.port}`);
  expect(at.pathname + at.search).toBe("/dash?x=1");

  const headers = await app.evaluate(async () => (await fetch("/headers")).text());
  expect(headers).toMatch(/^host: localhost:8050$/im);
  expect(headers).toContain("theirs=1");
  expect(headers).not.toMatch(/__Host-markco|x-markco|authorization/i);
  // What it tries with the person's own session is refused by the browser or by the edge.
  const reached = await app.evaluate(
    async (address) =>
      fetch(`${address}/api/projects`, { credentials: "include" }).then(
        (answer) => answer.status,
        () => "refused",
      ),
    url,
  );
  expect(reached).toBe("refused");
  expect(await app.evaluate(() => document.cookie)).toBe("theirs=1");
  await page.context().close();
});

test("a port on which nothing listens is said to be so", async () => {
  const page = await signIn(browser, url);
  const answer = await page.goto(`${url}/proxy/${projectId}/8099/`);
  expect(answer?.status()).toBe(503);
  await page.getByText("nothing in this project answers on port 8099").waitFor();
  await page.context().close();
});
