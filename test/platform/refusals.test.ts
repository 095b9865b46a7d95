/** Bad input and strangers: one clear line, nothing half-made, nothing told. */
import { mkdir, mkdtemp, open, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { EDGE_EVENTS } from "../../shared/daemon/contract.ts";
import { SIGNATURE_HEADERS, sign } from "../../shared/daemon/signature.ts";
import { api, credentials, markco } from "./platform.ts";

const place = inject("platform");

async function folder(files: Record<string, string | Uint8Array>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "refused-"));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(root, path, ".."), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return root;
}

const GOOD = { "mrmd.md": "# P\n" };

describe("an import is refused with one line, a status other than 0, and nothing half-made:", () => {
  test.each([
    ["no mrmd.md", { "a.md": "# A\n" }, /mrmd\.md/],
    [
      "a wrong value",
      { "mrmd.md": "```yaml config\npublish:\n  url: '@demo/x'\n  visibility: open\n```\n" },
      /mrmd\.md:4: publish\.visibility/,
    ],
    ["a document that is not UTF-8", { ...GOOD, "latin.md": Uint8Array.of(0x63, 0xe9, 0x0a) }, /latin\.md.*UTF-8/],
  ])("%s", async (_name, files, message) => {
    const result = await markco(place, "import", await folder(files), "--name", "refused");
    expect(result.status).not.toBe(0);
    expect(result.stderr.trim().split("\n")).toHaveLength(1);
    expect(result.stderr).toMatch(message);
    expect((await markco(place, "ls", "--json")).stdout).not.toContain('"refused"');
  });

  test("a 50 MB file", async () => {
    const root = await folder(GOOD);
    const big = await open(join(root, "big.csv"), "w");
    await big.truncate(50_000_000);
    await big.close();
    const result = await markco(place, "import", root, "--name", "refused");
    expect(result.status).not.toBe(0);
    expect(result.stderr.trim().split("\n")).toHaveLength(1);
    expect(result.stderr).toMatch(/big\.csv.*25 MiB/);
  });

  test("a folder that is not there", async () => {
    const result = await markco(place, "import", "/nowhere/at/all");
    expect(result.status).not.toBe(0);
    expect(result.stderr.trim().split("\n")).toHaveLength(1);
  });

  test("a name of 300 characters", async () => {
    const result = await markco(place, "import", await folder(GOOD), "--name", "n".repeat(300));
    expect(result.status).not.toBe(0);
    expect(result.stderr.trim().split("\n")).toHaveLength(1);
  });
});

describe("the API refuses", () => {
  const importOf = (files: object[]) =>
    api(place, "/api/imports", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "refused", files }),
    });
  const file = (path: string, bytes = 1) => ({ path, bytes, sha256: "a".repeat(64) });

  test.each([
    ["a path with ..", [file("mrmd.md"), file("../../etc/passwd")], 400],
    ["an absolute path", [file("mrmd.md"), file("/etc/passwd")], 400],
    ["a name of 300 characters", [file("mrmd.md"), file(`${"n".repeat(300)}.md`)], 400],
    ["a 50 MB file", [file("mrmd.md"), file("big.bin", 50_000_000)], 400],
  ])("an import with %s", async (_name, files, status) => {
    const response = await importOf(files);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code: "invalid" } });
  });

  test("who is not signed in", async () => {
    const { url } = await credentials(place);
    for (const path of ["/api/me", "/api/projects", `/api/projects/${crypto.randomUUID()}`]) {
      expect((await fetch(url + path)).status).toBe(401);
    }
  });

  test("a token that is none", async () => {
    const { url } = await credentials(place);
    expect((await fetch(`${url}/api/me`, { headers: { authorization: "Bearer nonsense" } })).status).toBe(401);
  });

  test("another's project exactly as one that does not exist", async () => {
    const path = `/api/projects/${crypto.randomUUID()}`;
    expect((await api(place, path)).status).toBe(404);
    expect((await api(place, `${path}/file?path=mrmd.md`)).status).toBe(404);
    expect((await api(place, `${path}/editor/tree`)).status).toBe(404);
    expect((await api(place, `${path}/mrp/v1/capabilities`)).status).toBe(404);
  });
});

describe("an event in the daemon's name is refused with 401", () => {
  const body = JSON.stringify({
    id: crypto.randomUUID(),
    type: "runtime",
    projectId: crypto.randomUUID(),
    runtime: { id: crypto.randomUUID(), epoch: 1, state: "stopped", tier: "local", reason: null },
  });
  const bytes = new TextEncoder().encode(body);
  const secret = async () => JSON.parse(await readFile(join(place.state, "secrets.json"), "utf8")).daemon;
  const post = async (headers: Record<string, string>) =>
    (await fetch(`http://localhost:${place.port}${EDGE_EVENTS}`, { method: "POST", headers, body })).status;
  const signed = async (nowMs = Date.now(), audience: "edge" | "daemon" = "edge") =>
    sign(await secret(), { audience, method: "POST", target: EDGE_EVENTS, body: bytes, actor: "" }, nowMs);

  test("without a signature, with a wrong one, an old one, or one for the daemon", async () => {
    expect(await post({})).toBe(401);
    expect(await post({ ...(await signed()), [SIGNATURE_HEADERS.signature]: "0".repeat(64) })).toBe(401);
    expect(await post(await signed(Date.now() - 61_000))).toBe(401);
    expect(await post(await signed(Date.now(), "daemon"))).toBe(401);
  });

  test("with a nonce that was seen before", async () => {
    const headers = await signed();
    expect(await post(headers)).toBe(200);
    expect(await post(headers)).toBe(401);
  });
});
