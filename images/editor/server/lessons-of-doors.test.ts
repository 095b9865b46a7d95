/** How comparable systems were broken into: one test a line of the lessons, as far as the editor server's own doors are concerned. */
import { mkdir, readdir, readFile, readlink, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { encodeActor } from "../../../shared/daemon/actor.ts";
import { CLOSE } from "../../../shared/editor/sync.ts";
import { Workplace } from "./testing/workplace.ts";

const PROJECT = "3f0c1a52-58d4-4d25-9be2-0c5f3c1f6a10";
const OWNER = encodeActor({
  userId: "9d1f7f1e-6c55-4e0e-8f4e-0b7d2a6c1e55",
  handle: "demo",
  name: "Demo",
  role: "owner",
});

let place: Workplace;
afterEach(() => place.dispose());

type Headers = Record<string, string>;

const socketPath = () => join(place.root, "run", "editor.sock");

/** The status that a request gets with these headers and no others. */
function ask(method: string, path: string, headers: Headers): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath: socketPath(), path, method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on("error", reject);
    sent.end(method === "GET" ? undefined : JSON.stringify({ path: "a.md", cell: null }));
  });
}

function open(headers: Headers): Promise<number> {
  const socket = new WebSocket(`ws+unix:${socketPath()}:/sync?path=a.md`, { headers });
  socket.on("error", () => undefined);
  return new Promise((resolve) => {
    socket.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
    socket.on("open", () => resolve(101));
  }).then((status) => {
    socket.terminate();
    return Number(status);
  });
}

/** Method and path of each door, as the server's code has them. */
async function doors(): Promise<[string, string][]> {
  const code = await readFile(join(import.meta.dirname, "http", "server.ts"), "utf8");
  const found = [...code.matchAll(/case "([A-Z]+) (\/\w+)":/g)].map(
    ([, method = "", path = ""]) => [method, path] as const,
  );
  return found.filter(([, path]) => path !== "/health").map(([method, path]) => [method, path]);
}

test("a sync socket without authentication: whoever reached the port ran code", async () => {
  place = await Workplace.create({ "a.md": "```python\n1\n```\n" });
  const all = await doors();
  expect(all.length).toBeGreaterThan(15);
  for (const headers of [{}, { "x-markco-project": PROJECT }, { "x-markco-actor": OWNER }] satisfies Headers[]) {
    expect(await open(headers)).toBe(401);
    for (const [method, path] of all) expect([path, await ask(method, path, headers)]).toEqual([path, 401]);
  }
  expect(place.daemon.ran).toEqual([]);
  expect(await readdir(place.file("."))).toEqual(["a.md"]);
});

test("a web page reached the server's port: it has none", async () => {
  place = await Workplace.create({ "a.md": "one\n" });
  await place.browse("a.md").synced();
  const descriptors = await readdir(`/proc/${place.pid}/fd`);
  const targets = await Promise.all(
    descriptors.map((name) => readlink(`/proc/${place.pid}/fd/${name}`).catch(() => "closed")),
  );
  const own = new Set(targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []));
  expect(own.size).toBeGreaterThan(0);
  for (const family of ["tcp", "tcp6", "udp", "udp6"]) {
    const table = await readFile(`/proc/${place.pid}/net/${family}`, "utf8").catch(() => "");
    const inodes = table
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/)[9] ?? "");
    expect(inodes.filter((inode) => own.has(inode))).toEqual([]);
  }
});

test.each(["../../secret.md", "/etc/passwd", "out/secret.md", "secret-link.md", "a.md/../../../secret.md", "a\0.md"])(
  "file routes took any path on the disk: %j",
  async (path) => {
    place = await Workplace.create({ "a.md": "one\n" });
    const secret = join(place.root, "data", "secret.md");
    await writeFile(secret, "```python\n1\n```\n");
    await symlink(join(place.root, "data"), place.file("out"));
    await symlink(secret, place.file("secret-link.md"));
    const all = async () => [
      await readdir(join(place.root, "data")),
      await readdir(join(place.root, "data", "editor", "journal")),
      await readdir(place.file(".")),
      await readFile(secret, "utf8"),
    ];
    const before = await all();
    const reader = place.browse(path);
    await reader.until(() => reader.closedWith !== null);
    expect(reader.closedWith).toBe(CLOSE.notFound);
    const query = `path=${encodeURIComponent(path)}`;
    for (const address of [`/versions?${query}`, `/version?${query}&version=1`])
      expect([400, 404]).toContain((await place.ask("GET", address)).status);
    for (const door of ["run", "restart", "keep", "duplicate", "delete", "create"])
      expect([door, (await place.ask("POST", `/${door}`, { path, cell: null })).status]).toEqual([
        door,
        expect.toSatisfy((status) => [400, 404, 409].includes(status)),
      ]);
    expect(place.daemon.ran).toEqual([]);
    expect(await all()).toEqual(before);
  },
);

test.each(["/", "..", "../..", `../${PROJECT}`, `${PROJECT}/..`, ""])(
  "a project root chosen by the client was `/`: %j",
  async (project) => {
    place = await Workplace.create({ "a.md": "one\n" });
    await mkdir(join(place.root, "data", "projects", "a.md"), { recursive: true });
    const headers = { "x-markco-project": project, "x-markco-actor": OWNER };
    expect(await open(headers)).toBe(401);
    for (const [method, path] of await doors()) expect([path, await ask(method, path, headers)]).toEqual([path, 401]);
  },
);

test("eight hundred sockets opened eagerly at start; watches on every file of every project", async () => {
  const files = Object.fromEntries(Array.from({ length: 800 }, (_, i) => [`part-${i % 20}/${i}.md`, "one\n"]));
  place = await Workplace.create(files);
  expect((await place.ask("GET", "/tree")).status).toBe(200);
  await place.browse("part-0/0.md").synced();
  const targets = await Promise.all(
    (await readdir(`/proc/${place.pid}/fd`)).map((name) => readlink(`/proc/${place.pid}/fd/${name}`).catch(() => "")),
  );
  expect(targets.length).toBeLessThan(60);
  expect(targets.filter((target) => target.includes("inotify"))).toEqual([]);
});
