/** `markco upload` and `markco download`, in front of a platform that the test plays. */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Fault } from "../../shared/daemon/fault.ts";
import { MAX_FILE_BYTES } from "../../shared/daemon/limits.ts";
import { UsageFault } from "./command.ts";
import { command as download } from "./download.ts";
import { FakeEdge, listenToOutput } from "./testing/fake-edge.ts";
import { command as upload } from "./upload.ts";

const PROJECT = "9d1f7f1e-6c55-4e0e-8f4e-0b7d2a6c1e55";
const AT = `/api/projects/${PROJECT}`;

let edge: FakeEdge;
let root: string;
let said: { stdout: string; stderr: string };
beforeEach(async () => {
  edge = await FakeEdge.start();
  root = await mkdtemp(join(tmpdir(), "transfer-"));
  said = listenToOutput();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await edge.stop();
  await rm(root, { recursive: true });
});

const lines = () => edge.asked.map(({ line }) => line).filter((line) => line.includes(AT));

describe("upload", () => {
  beforeEach(async () => {
    for (const path of [
      "paper/01-größe.md",
      "paper/data/v.csv",
      "paper/.git/config",
      "paper/node_modules/x.js",
      "a.md",
    ]) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), path);
    }
    edge.hasProject(PROJECT, ({ line }) => {
      const path = new URL(line.split(" ")[1] ?? "", "http://edge").searchParams.get("path");
      const fault = new Fault("conflict", "there is a a.md already");
      if (path === "a.md" && line.includes("taken=refuse")) return Response.json(fault.toBody(), { status: 409 });
      return Response.json({ path });
    });
  });

  test("brings a folder in with its name and what is in it, without links and what is for tools", async () => {
    await symlink("/etc/passwd", join(root, "paper/out.md"));
    expect(await upload.run(["thesis/02-more", join(root, "paper")])).toBe(0);
    expect(lines().sort()).toEqual([
      `PUT ${AT}/editor/upload?path=02-more%2Fpaper%2F01-gr%C3%B6%C3%9Fe.md&taken=refuse`,
      `PUT ${AT}/editor/upload?path=02-more%2Fpaper%2Fdata%2Fv.csv&taken=refuse`,
    ]);
    expect(edge.asked.find(({ line }) => line.includes("v.csv"))?.body.toString()).toBe("paper/data/v.csv");
    expect(said.stdout).toBe("uploaded 2 of 2 files to thesis/02-more\n");
    expect(said.stderr).toContain("out.md is left out: it is no ordinary file");
  });

  test("says what was refused, brings in the rest, and has failed then", async () => {
    await truncate(join(root, "paper/data/v.csv"), MAX_FILE_BYTES + 1);
    expect(await upload.run(["@demo/thesis", join(root, "a.md"), join(root, "paper")])).toBe(1);
    expect(said.stdout).toBe("uploaded 1 of 3 files to @demo/thesis\n");
    expect(said.stderr.split("\n").sort().slice(1)).toEqual([
      "markco: a.md: there is a a.md already",
      "markco: paper/data/v.csv: 26 MB; a file may have 25 MiB",
    ]);
    expect(lines().some((line) => line.includes("v.csv"))).toBe(false);
  });

  test("replaces or keeps both if it is told so, and says so to programs", async () => {
    expect(await upload.run(["thesis", join(root, "a.md"), "--replace", "--json"])).toBe(0);
    expect(JSON.parse(said.stdout)).toEqual({ placed: ["a.md"], refused: [] });
    await upload.run(["thesis", join(root, "a.md"), "--keep-both"]);
    expect(lines().map((line) => line.split("taken=")[1])).toEqual(["replace", "keep-both"]);
  });

  test("ends where all would be refused", async () => {
    const fault = new Fault("forbidden", "your role here is viewer");
    edge.hasProject(PROJECT, () => Response.json(fault.toBody(), { status: fault.status }));
    await expect(upload.run(["thesis", join(root, "paper")])).rejects.toThrow("your role here is viewer");
  });

  test("asks for what it needs before anything is sent", async () => {
    await expect(upload.run(["thesis"])).rejects.toThrow(UsageFault);
    await expect(upload.run(["thesis", root, "--replace", "--keep-both"])).rejects.toThrow(UsageFault);
    await expect(upload.run(["thesis", join(root, "nothing")])).rejects.toThrow("is no file and no folder");
    expect(edge.asked).toEqual([]);
  });
});

describe("download", () => {
  const state = {
    projectId: PROJECT,
    owner: { userId: PROJECT, handle: "demo" },
    slug: "thesis",
    files: [
      { path: "01-intro.md", bytes: 5 },
      { path: "02-more/größe.csv", bytes: 5 },
      { path: "large.bin", bytes: MAX_FILE_BYTES + 1 },
    ],
    site: { published: false, url: null, visibility: null, version: 0, pages: 0, problem: null },
    runtime: null,
  };
  let answer: () => Response;
  beforeEach(() => {
    answer = () => new Response("bytes");
    edge.hasProject(PROJECT, ({ line }) => (line === `GET ${AT}` ? Response.json(state) : answer()));
  });
  const file = () => join(root, "kept");

  test.each([
    ["thesis", "/editor/zip"],
    ["@demo/thesis/02-more/", "/editor/zip?path=02-more"],
    ["thesis/02-more/größe.csv", "/file?path=02-more%2Fgr%C3%B6%C3%9Fe.csv&download"],
    ["thesis/large.bin", "/editor/zip?path=large.bin"],
  ])("of %s keeps what %s answers", async (target, path) => {
    expect(await download.run([target, "-o", file(), "--json"])).toBe(0);
    expect(lines().at(-1)).toBe(`GET ${AT}${path}`);
    expect(JSON.parse(said.stdout)).toEqual({ file: file(), bytes: 5 });
    expect(await readFile(file(), "utf8")).toBe("bytes");
    expect(await readdir(root)).toEqual(["kept"]);
  });

  test("writes over nothing, and leaves nothing half-done", async () => {
    await writeFile(file(), "mine");
    await expect(download.run(["thesis", "-o", file()])).rejects.toThrow("is there already");
    expect(await readFile(file(), "utf8")).toBe("mine");
    await rm(file());
    answer = () => {
      let sent = false;
      const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
        if (sent) controller.error(new Error("gone"));
        else controller.enqueue(new Uint8Array(100_000));
        sent = true;
      };
      return new Response(new ReadableStream({ pull }));
    };
    await expect(download.run(["thesis", "-o", file()])).rejects.toThrow("broke off before its end");
    expect(await readdir(root)).toEqual([]);
  });

  test("says that there is no such thing", async () => {
    await expect(download.run(["thesis/nowhere", "-o", file()])).rejects.toThrow(
      "thesis has no file or folder nowhere",
    );
    await expect(download.run([])).rejects.toThrow(UsageFault);
  });
});
