/** A platform that is stopped, started again and killed, while a cell prints. It has a state of its own. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  api,
  eventually,
  killHard,
  markco,
  processes,
  ROOT,
  type RunningPlatform,
  readProjectFile,
  remains,
  startPlatform,
} from "./platform.ts";
import { openTerminal } from "./terminal.ts";

const place = { state: join(ROOT, ".markco/test-restart"), port: 8806 };
const LINES = 25;
const PYTHON = `import time\nkept = "still here"\nfor i in range(1, ${LINES} + 1):\n    print("line", i)\n    time.sleep(1)`;

let platform: RunningPlatform | null = null;
let projectId = "";

beforeAll(async () => {
  await rm(place.state, { recursive: true, force: true });
  platform = await startPlatform(place);
  const root = await mkdtemp(join(tmpdir(), "restart-"));
  await writeFile(join(root, "mrmd.md"), "# Restart\n");
  await writeFile(
    join(root, "slow.md"),
    `# Slow\n\n\`\`\`python\n${PYTHON}\n\`\`\`\n\n\`\`\`python\nprint(kept)\n\`\`\`\n`,
  );
  projectId = JSON.parse((await markco(place, "import", root, "--name", "restart", "--json")).stdout).projectId;
});

afterAll(async () => {
  await platform?.stop();
  await rm(place.state, { recursive: true, force: true });
});

const document = () => readProjectFile(place, projectId, "slow.md").catch(() => "");
const printed = (text: string) => [...text.matchAll(/^line (\d+)$/gm)].map((match) => Number(match[1]));

async function execute(session: string, code: string): Promise<string> {
  const response = await api(place, `/api/projects/${projectId}/mrp/v1/execute`, {
    method: "POST",
    body: JSON.stringify({ session: `restart:${session}`, code }),
  });
  return (await response.json()).stdout;
}

/** What is kept in each language, and how it is shown. */
const KEPT = {
  side: ['kept = {"a": [1, 2]}', "print(kept)"],
  "r:default": ["kept <- c(a = 1.5)", "cat(kept)"],
  "bash:default": ["kept=two; cd /tmp; later() { echo $kept; }", "later; pwd"],
  "javascript:default": ["let kept = new Map([[1, { a: 2 }]])", "console.log(kept.get(1).a)"],
} as const;
const SHOWN = { side: "{'a': [1, 2]}", "r:default": "1.5", "bash:default": "two\n/tmp", "javascript:default": "2" };

const SERVER = `import http.server, threading
class App(http.server.BaseHTTPRequestHandler):
    seen = 0
    def do_GET(self):
        App.seen += 1
        self.send_response(200); self.end_headers(); self.wfile.write(str(App.seen).encode())
threading.Thread(target=http.server.HTTPServer(("127.0.0.1", 8060), App).serve_forever, daemon=True).start()`;

/** As a browser that was sent to the app's origin. The name resolves to loopback in browsers only. */
async function askApp(): Promise<string> {
  const sent = await api(place, `/proxy/${projectId}/8060/`, { redirect: "manual" });
  const enter = new URL(sent.headers.get("location") ?? "");
  const ask = (path: string, headers: Record<string, string> = {}) =>
    new Promise<{ cookie: string; text: string }>((resolve, reject) => {
      const asked = request({ port: place.port, path, headers: { ...headers, host: enter.host } }, (answer) => {
        const cookie = answer.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
        answer.toArray().then((chunks) => resolve({ cookie, text: Buffer.concat(chunks).toString() }), reject);
      });
      asked.on("error", reject).setTimeout(20_000, () => asked.destroy(new Error("the app did not answer")));
      asked.end();
    });
  const { cookie } = await ask(enter.pathname + enter.search);
  return (await ask("/", { cookie })).text;
}

test("only Python lived in the checkpointed container: R, Julia, Bash and the terminal were lost with every move", async () => {
  for (const [session, [keep]] of Object.entries(KEPT)) await execute(session, keep);
  await execute("side", SERVER);
  expect(await askApp()).toBe("1");
  const terminal = await openTerminal(place, projectId, "main");
  await terminal.shows(/[$#] /);
  terminal.say({ type: "input", data: "typed=Zoë; cd /usr\r" });
  terminal.say({ type: "input", data: "echo ready-$((6*7))\r" });
  await terminal.shows(/ready-42\r\n/);

  // The browser is still there, and so are connections to the app: neither may stand in the way.
  await platform?.stop();
  expect(await remains(place.state, place.port)).toEqual([]);
  platform = await startPlatform(place);

  for (const [session, [, show]] of Object.entries(KEPT)) {
    expect([session, (await execute(session, show)).trim()]).toEqual([session, SHOWN[session as keyof typeof SHOWN]]);
  }
  expect(await askApp()).toBe("2");
  const back = await openTerminal(place, projectId, "main");
  await back.shows(/ready-42\r\n/);
  back.say({ type: "input", data: "echo $PWD $typed\r" });
  await back.shows(/\/usr Zoë\r\n/);
  back.close();
});

test("copy, start, then kill: what the original did after the copy was lost. Ctrl-C in the middle of a cell leaves nothing behind, and after the next start every line stands there once", async () => {
  const asked = markco(place, "run", "restart/slow.md");
  await eventually("the first lines", 30_000, async () => printed(await document()).length >= 5);
  await platform?.stop();
  expect(await remains(place.state, place.port)).toEqual([]);
  expect((await asked).status, "the command says that it lost the platform").not.toBe(0);

  platform = await startPlatform(place);
  await eventually("the cells end", (LINES + 40) * 1000, async () => (await document()).includes("still here\n```"));
  expect(printed(await document())).toEqual(Array.from({ length: LINES }, (_, i) => i + 1));
  expect((await document()).match(/^```output$/gm)).toHaveLength(2);
});

test("a second start beside a running one is refused in one line", async () => {
  const result = await markco(place, "start", "--port", String(place.port));
  expect(result.status).not.toBe(0);
  expect(result.stderr.trim().split("\n")).toHaveLength(1);
  expect(result.stderr).toMatch(/already running at/);
});

test("a port in use is named, with what to do", async () => {
  const taken = createServer().listen(8820, "127.0.0.1");
  try {
    const result = await markco({ ...place, state: `${place.state}-other` }, "start", "--port", "8820");
    expect(result.status).not.toBe(0);
    expect(result.stderr.trim().split("\n")).toHaveLength(1);
    expect(result.stderr).toMatch(/8820.*--port/);
  } finally {
    taken.close();
    await rm(`${place.state}-other`, { recursive: true, force: true });
  }
});

test("after kill -9 of the start itself the next one clears up and goes on", async () => {
  await killHard(await processes(place.state, "infra/cli/main.ts start"));
  platform = await startPlatform(place);
  expect(printed(await document())).toHaveLength(LINES);
  expect((await markco(place, "run", "restart/slow.md", "--cell", "2")).status).toBe(0);
  expect(await document()).toContain("still here\n```");
});
