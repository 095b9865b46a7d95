/** Files that a person brings in, by buttons and by dropping them, and copies that they take. Pictures are kept in test/artefacts. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { Page, Route } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Fault } from "../../../shared/daemon/fault.ts";
import { MAX_FILE_BYTES } from "../../../shared/daemon/limits.ts";
import { attachment } from "../../../shared/editor/attachment.ts";
import type { Role } from "../../../shared/roles.ts";
import { hasBrowser } from "../../browser.ts";
import { violationsOn } from "../axe.ts";
import { loaded, useApp } from "./app.ts";
import { ARTEFACTS, ORIGIN, PROJECT } from "./app-files.ts";

/** What a browser keeps as a file, it asks for past the test's routes: this is the platform for it. */
const downloads = createServer(({ url = "" }, response) => {
  const path = new URL(url, "http://localhost").searchParams.get("path") ?? "größe";
  const isZip = url.includes("/editor/zip");
  response.writeHead(200, {
    "content-disposition": attachment(isZip ? `${path}.zip` : basename(path)),
    "content-type": isZip ? "application/zip" : "text/markdown",
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
  });
  response.end(url.slice(url.indexOf(PROJECT) + PROJECT.length));
});
await new Promise<void>((resolve) => downloads.listen(0, "127.0.0.1", resolve));
const { port } = downloads.address() as AddressInfo;
const { host, port: otherPort } = new URL(ORIGIN);

describe.skipIf(!hasBrowser)("in the editor", () => {
  const app = useApp([
    `--host-resolver-rules=MAP ${host} 127.0.0.1:${port}`,
    `--explicitly-allowed-ports=${otherPort}`,
  ]);
  afterAll(() => downloads.close());
  let page: Page;
  /** A person's own machine. */
  let desktop: string;
  /** Of the project. */
  let files: string[];
  /** What the platform was asked to take: path, and what is to happen if the name is taken. */
  let sent: string[];
  /** What it answers instead of taking a file. */
  let refusing: (path: string) => Fault | "nothing" | "late" | null;
  beforeAll(async () => {
    desktop = await mkdtemp(join(tmpdir(), "desktop-"));
    for (const [path, content] of Object.entries({
      "notes.md": "# Notes\n",
      "größe.csv": "a,b\n",
      "paper/01-intro.md": "# Intro\n",
      "paper/data/values.csv": "1,2\n",
      "paper/.git/config": "tool",
      "paper/node_modules/x/index.js": "tool",
      "paper/node_modules/y/index.js": "tool",
      "large.bin": new Uint8Array(MAX_FILE_BYTES + 1),
    })) {
      await mkdir(dirname(join(desktop, path)), { recursive: true });
      await writeFile(join(desktop, path), content);
    }
  });
  afterAll(() => rm(desktop, { recursive: true }));
  afterEach(() => page.close());

  async function open(role: Role = "editor", options = {}): Promise<void> {
    files = ["01-waves.md", "02-more/01-tides.md", "mrmd.md"];
    sent = [];
    refusing = () => null;
    const project = { path: "02-more/01-tides.md", text: "# Tides\n", folder: ARTEFACTS, files, role };
    ({ page } = await app.open(project, options));
    await page.route("**/editor/upload?*", take);
    await page.route("**/editor/trash", (route) => route.fulfill({ json: { deleted: [] } }));
    await loaded(page, "drop-files");
  }

  async function take(route: Route): Promise<void> {
    const { searchParams } = new URL(route.request().url());
    const [path, taken] = [searchParams.get("path") ?? "", searchParams.get("taken")];
    sent.push(`${path} ${taken}`);
    const refused = refusing(path);
    if (refused === "nothing") return route.abort();
    if (refused === "late") return;
    const fault = refused ?? (files.includes(path) && taken === "refuse" ? new Fault("conflict", "taken") : null);
    if (fault) return route.fulfill({ status: fault.status, json: fault.toBody() });
    const placed = files.includes(path) && taken === "keep-both" ? path.replace(".", "-copy.") : path;
    if (!files.includes(placed)) files.push(placed);
    return route.fulfill({ json: { path: placed } });
  }

  const panel = () => page.getByRole("dialog", { name: "File" });
  const box = () => page.locator(".uploads section");
  const says = (text: string) => box().getByText(text).first().waitFor();
  const press = (name: string) => box().getByRole("button", { name, exact: true }).click();
  const showPanel = async () => {
    await page.getByRole("button", { name: "File", exact: true }).click();
    await panel().getByRole("button", { name: "Download as zip" }).waitFor();
  };
  async function choose(button: string, chosen: string | string[]): Promise<void> {
    const chooser = page.waitForEvent("filechooser");
    await panel().getByRole("button", { name: button }).click();
    const paths = typeof chosen === "string" ? join(desktop, chosen) : chosen.map((name) => join(desktop, name));
    await (await chooser).setFiles(paths);
  }
  /** As a person drags them from their desktop. */
  async function drop(names: readonly string[], over: string): Promise<void> {
    const { x = 0, y = 0, width = 0, height = 0 } = (await page.locator(over).boundingBox()) ?? {};
    const client = await page.context().newCDPSession(page);
    const data = { items: [], files: names.map((name) => join(desktop, name)), dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const)
      await client.send("Input.dispatchDragEvent", { type, x: x + width / 2, y: y + height / 2, data });
  }

  describe("files", () => {
    test("that are chosen come into the folder of the document, and are in the list then", async () => {
      await open();
      await showPanel();
      expect(await panel().getByLabel("Folder").inputValue()).toBe("02-more");
      await choose("Upload files …", ["notes.md", "größe.csv"]);
      await says("2 files uploaded.");
      expect(sent.sort()).toEqual(["02-more/größe.csv refuse", "02-more/notes.md refuse"]);
      await page.locator('.files [title="02-more/notes.md"]').waitFor();
      await press("Close");
      expect(await box().count()).toBe(0);
    });

    test("of a folder keep their places in it, and those of tools stay out", async () => {
      await open();
      await showPanel();
      await panel().getByLabel("Folder").selectOption("The whole project");
      await choose("Upload a folder …", "paper");
      await says("2 files uploaded.");
      expect(sent.sort()).toEqual(["paper/01-intro.md refuse", "paper/data/values.csv refuse"]);
      await says("Left out, because they are for tools: paper/.git, paper/node_modules");
    });

    test("are asked for by the palette, too", async () => {
      await open();
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox").fill("upload files");
      const chooser = page.waitForEvent("filechooser");
      await page.keyboard.press("Enter");
      await (await chooser).setFiles(join(desktop, "notes.md"));
      await says("1 file uploaded.");
      expect(sent).toEqual(["02-more/notes.md refuse"]);
    });

    test("that are dropped on the list come into the project, on a folder into that", async () => {
      await open();
      await drop(["notes.md"], '.files [title="01-waves.md"]');
      await says("1 file uploaded.");
      expect(sent).toEqual(["notes.md refuse"]);
      await press("Close");
      await drop(["paper", "größe.csv"], '.files summary[title="02-more"]');
      await says("3 files uploaded.");
      expect(sent.slice(1).sort()).toEqual([
        "02-more/größe.csv refuse",
        "02-more/paper/01-intro.md refuse",
        "02-more/paper/data/values.csv refuse",
      ]);
      await says("Left out, because they are for tools: paper/.git, paper/node_modules");
    });

    test("that are dragged over a folder say where they would land, and no longer when they have gone", async () => {
      await open();
      const { x = 0, y = 0 } = (await page.locator('.files summary[title="02-more"]').boundingBox()) ?? {};
      const client = await page.context().newCDPSession(page);
      const data = { items: [], files: [join(desktop, "notes.md")], dragOperationsMask: 1 };
      const move = (type: "dragEnter" | "dragOver" | "dragCancel", at: number) =>
        client.send("Input.dispatchDragEvent", { type, x: at, y: y + 4, data });
      await move("dragEnter", x + 4);
      await move("dragOver", x + 4);
      await page.locator(".files details[data-lands]").waitFor();
      await page.screenshot({ path: join(ARTEFACTS, "transfer-drop.png") });
      await move("dragOver", x + 600);
      await page.locator("[data-lands]").waitFor({ state: "detached" });
    });

    test("are not taken from what is dragged within the page, nor from who may only look", async () => {
      await open();
      const over = (type: string) =>
        page.locator(".files").evaluate((list, type) => {
          const dataTransfer = new DataTransfer();
          if (type === "Files") dataTransfer.items.add(new File(["x"], "x.md"));
          else dataTransfer.setData(type, "02-more/01-tides.md");
          const event = new DragEvent("dragover", { bubbles: true, cancelable: true, dataTransfer });
          list.dispatchEvent(event);
          return event.defaultPrevented;
        }, type);
      expect([await over("Files"), await over("text/plain"), await over("text/uri-list")]).toEqual([
        true,
        false,
        false,
      ]);
      await page.close();
      await open("runner");
      expect(await over("Files")).toBe(false);
    });
  });

  describe("what is there already", () => {
    const chooseTaken = async () => {
      await open();
      files.push("02-more/notes.md");
      await showPanel();
      await choose("Upload files …", ["notes.md", "größe.csv"]);
      await says("02-more/notes.md is there already.");
      // The other one did not wait for the answer.
      expect(sent).toContain("02-more/größe.csv refuse");
    };

    test("is replaced if the person says so", async () => {
      await chooseTaken();
      for (const [name, width, colorScheme] of [
        ["light", 1280, "light"],
        ["dark-phone", 390, "dark"],
      ] as const) {
        await page.setViewportSize({ width, height: 720 });
        await page.emulateMedia({ colorScheme });
        expect(await violationsOn(page, { within: ".uploads" })).toEqual([]);
        await page.screenshot({ path: join(ARTEFACTS, `transfer-taken-${name}.png`) });
      }
      await press("Replace");
      await says("2 files uploaded.");
      expect(sent.at(-1)).toBe("02-more/notes.md replace");
    });

    test("stays beside the new one, or alone", async () => {
      await chooseTaken();
      await press("Keep both");
      await says("2 files uploaded.");
      expect(sent.at(-1)).toBe("02-more/notes.md keep-both");
      expect(files).toContain("02-more/notes-copy.md");
      await page.close();
      await chooseTaken();
      await press("Leave as is");
      await says("1 file uploaded.");
      expect(sent.filter((line) => line.includes("notes.md"))).toEqual(["02-more/notes.md refuse"]);
    });

    test("and is known to be need not be sent to be asked about", async () => {
      await open();
      await showPanel();
      await panel().getByLabel("Folder").selectOption("The whole project");
      files.push("notes.md");
      await page.locator('.files [title="notes.md"]').waitFor();
      await choose("Upload files …", "notes.md");
      await says("notes.md is there already.");
      expect(sent).toEqual([]);
    });
  });

  describe("what goes wrong", () => {
    test("with one file is said of it, and the others come in", async () => {
      await open();
      refusing = (path) => (path.endsWith(".csv") ? new Fault("invalid", "this can't be") : null);
      await showPanel();
      await choose("Upload files …", ["notes.md", "größe.csv", "large.bin"]);
      await says("1 file uploaded.");
      await says("02-more/größe.csv: this can't be");
      await says("large.bin: it is larger than the 25 MB that a file may have");
      expect(sent).not.toContain("02-more/large.bin refuse");
    });

    test("with the connection ends it, and it goes on from there", async () => {
      await open();
      refusing = () => "nothing";
      await showPanel();
      await choose("Upload files …", ["notes.md", "größe.csv"]);
      await says("Nothing was uploaded. 2 files not sent.");
      await box().getByRole("alert").getByText("The platform does not answer.").waitFor();
      refusing = () => null;
      await press("Go on");
      await says("2 files uploaded.");
      expect(files).toContain("02-more/größe.csv");
    });

    test("with the role ends it with the reason", async () => {
      await open();
      refusing = () => new Fault("forbidden", "your role here is viewer, which does not allow this");
      await showPanel();
      await choose("Upload files …", "notes.md");
      await box().getByRole("alert").getByText("your role here is viewer").waitFor();
    });

    test("is not waited for: the person stops it", async () => {
      await open();
      refusing = (path) => (path.endsWith(".csv") ? "late" : null);
      await showPanel();
      await choose("Upload files …", ["notes.md", "größe.csv"]);
      await says("1 of 2 files");
      await page.screenshot({ path: join(ARTEFACTS, "transfer-progress.png") });
      await press("Stop");
      await says("1 file uploaded. 1 file not sent.");
    });
  });

  describe("a copy", () => {
    test("is the document as a file, a folder or the project as a zip, for everybody who may look", async () => {
      await open("viewer");
      await showPanel();
      expect(await panel().getByRole("button").allTextContents()).toEqual(["Download", "Download as zip"]);
      const take = async (button: string) => {
        const download = page.waitForEvent("download");
        await panel().getByRole("button", { name: button, exact: true }).click();
        const kept = await download;
        return [kept.suggestedFilename(), await readFile(await kept.path(), "utf8")];
      };
      expect(await take("Download")).toEqual(["01-tides.md", "/file?path=02-more%2F01-tides.md&download"]);
      expect(await take("Download as zip")).toEqual(["02-more.zip", "/editor/zip?path=02-more"]);
      await panel().getByLabel("Folder").selectOption("The whole project");
      expect(await take("Download as zip")).toEqual(["größe.zip", "/editor/zip"]);
      await page.keyboard.press("Escape");
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox").fill("upload");
      expect(await page.getByRole("option").count()).toBe(0);
    });
  });
});
