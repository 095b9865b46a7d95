/** Terminals below the document: what they show and send, that they come back by themselves, and that they wake nothing. */
import { join } from "node:path";
import type { Page, WebSocketRoute } from "playwright-core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Role } from "../../../shared/roles.ts";
import { TERMINAL_CLOSE } from "../../../shared/runtime/terminal.ts";
import { hasBrowser } from "../../browser.ts";
import { PART_RULES, violationsOn } from "../axe.ts";
import { useApp } from "./app.ts";
import { ARTEFACTS, answerFor, PROJECT } from "./app-files.ts";

/** The runtime's end of one terminal, as the daemon has it: it keeps its screen, and shows it first to whoever comes. */
class Shell {
  screen: string;
  /** What was sent to it, but how far it was shown. */
  readonly heard: object[] = [];
  /** Addresses of the sockets that were opened. */
  readonly opened: string[] = [];
  taken = 0;
  #sockets = new Set<WebSocketRoute>();

  constructor(screen: string) {
    this.screen = screen;
  }

  get viewers(): number {
    return this.#sockets.size;
  }

  connect(socket: WebSocketRoute): void {
    this.opened.push(socket.url());
    this.#sockets.add(socket);
    socket.onMessage((text) => {
      const message = JSON.parse(text.toString());
      if (message.type === "take") this.taken = message.position;
      else this.heard.push(message);
    });
    socket.onClose(() => this.#sockets.delete(socket));
    this.#say(socket, { type: "screen", data: this.screen, position: this.screen.length });
  }

  print(text: string): void {
    this.screen += text;
    for (const socket of this.#sockets) this.#say(socket, { type: "output", data: text, position: this.screen.length });
  }

  end(code: number): void {
    for (const socket of this.#sockets) this.#say(socket, { type: "end", code });
    this.leave(TERMINAL_CLOSE.ended);
  }

  leave(code: number, reason?: string): void {
    for (const socket of this.#sockets) void socket.close({ code, ...(reason === undefined ? {} : { reason }) });
    this.#sockets.clear();
  }

  #say(socket: WebSocketRoute, message: object): void {
    socket.send(JSON.stringify(message));
  }
}

/** As long as one would wait at a slow machine. */
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 10_000 });

describe.skipIf(!hasBrowser)("terminals", () => {
  const app = useApp();
  let page: Page;
  let shells: Map<string, Shell>;
  let runtime: object | null;
  /** Whether the runtime takes its time: sockets are opened, and nothing is said. */
  let isSlow: boolean;
  let deleted: string[];
  let thrown: string[];

  beforeEach(() => {
    shells = new Map();
    runtime = { state: "running" };
    isSlow = false;
    deleted = [];
    thrown = [];
  });
  afterEach(async () => {
    await page.close();
    expect(thrown).toEqual([]);
  });

  async function open(role: Role = "owner", options = {}): Promise<void> {
    const project = {
      path: "01-waves.md",
      text: "# Waves\n\nProse.\n",
      folder: ARTEFACTS,
      files: ["01-waves.md"],
      role,
    };
    ({ page } = await app.open(project, options));
    page.on("pageerror", ({ message }) => thrown.push(message));
    await page.routeWebSocket(/\/terminals\//, (socket) => {
      if (isSlow) return;
      shell(new URL(socket.url()).pathname.split("/").at(-1) ?? "").connect(socket);
    });
    await page.route("**/terminals", (route) => route.fulfill({ json: { terminals: [...shells.keys()] } }));
    await page.route("**/terminals/*", (route) => {
      const name = new URL(route.request().url()).pathname.split("/").at(-1) ?? "";
      deleted.push(`${route.request().method()} ${name}`);
      shells.get(name)?.end(-9);
      shells.delete(name);
      return route.fulfill({ json: { closed: true } });
    });
    await page.route(`**/api/projects/${PROJECT}`, (route) =>
      route.fulfill({ json: { ...answerFor(`/api/projects/${PROJECT}`, role, project.files), runtime: view() } }),
    );
  }
  const view = () =>
    runtime && {
      id: "3b241101-e2bb-4255-8caf-4136c566a962",
      epoch: 1,
      tier: "local",
      reason: null,
      memory: null,
      move: null,
      held: [],
      signals: [],
      ...runtime,
    };
  function shell(name = "main"): Shell {
    const known = shells.get(name) ?? new Shell(`${name}:/project$ `);
    shells.set(name, known);
    return known;
  }
  const drawer = () => page.getByRole("region", { name: "Terminals" });
  const rows = () => drawer().locator(".xterm-rows:visible");
  const shows = (text: string) => rows().getByText(text).first().waitFor();
  const status = () => drawer().getByRole("status");
  const isInTerminal = () => page.evaluate(() => document.activeElement?.closest(".xterm") !== null);
  const isInDocument = () => page.evaluate(() => document.activeElement?.closest(".cm-editor") !== null);
  async function show(): Promise<void> {
    await page.getByRole("button", { name: "Terminal", exact: true }).click();
    await shows("main:/project$");
  }
  /** All that the shown terminal holds, as one would copy it. */
  const held = async () =>
    (await rows().locator("> div").allTextContents())
      .map((line) => line.trimEnd())
      .join("\n")
      .trim();

  test("show what the shell prints, send what is typed, and say how far they have come", async () => {
    await open();
    await page.locator(".cm-content").click();
    await page.keyboard.press("Control+`");
    await shows("main:/project$");
    expect(await isInTerminal()).toBe(true);
    await page.keyboard.type("ls");
    await page.keyboard.press("Enter");
    // The terminal has the keys that lead elsewhere from the rest of the page.
    await page.keyboard.press("Control+k");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
    await eventually(() => shell().heard.flatMap((message) => ("data" in message ? message.data : []))).toEqual([
      "l",
      "s",
      "\r",
      "\v",
      "\x1b",
      "\t",
    ]);
    expect(await page.getByRole("dialog", { name: "Commands" }).count()).toBe(0);
    shell().print("ls\r\n\x1b[31m01-waves.md\x1b[0m\r\nmain:/project$ ");
    await shows("01-waves.md");
    await eventually(() => shell().taken).toBe(shell().screen.length);
  });

  test("are left by keys, without being hidden or hiding them", async () => {
    await open();
    await show();
    expect(await page.getByRole("textbox", { name: "Terminal main. Ctrl-Shift-` leaves it." }).count()).toBe(1);
    await page.keyboard.press("Control+Shift+`");
    expect(await isInDocument()).toBe(true);
    expect(await drawer().count()).toBe(1);
    await page.keyboard.press("Control+`");
    await eventually(isInTerminal).toBe(true);
    await page.keyboard.press("Control+`");
    expect(await drawer().count()).toBe(0);
    expect(await isInDocument()).toBe(true);
    // It is hidden, not ended.
    shell().print("meanwhile\r\n");
    await page.keyboard.press("Control+`");
    await shows("meanwhile");
    expect(shell().opened).toHaveLength(1);
    expect(shell().heard.filter((message) => "data" in message)).toEqual([]);
  });

  test("come back by themselves when the connection breaks, with nothing twice, and answer no old question again", async () => {
    await open();
    await show();
    // A program asks what terminal this is, and is answered.
    shell().print("asking \x1b[c once\r\n");
    await shows("asking");
    await eventually(() => shell().heard.filter((message) => "data" in message)).toHaveLength(1);
    runtime = { state: "moving" };
    shell().leave(TERMINAL_CLOSE.again);
    shell().screen += "printed meanwhile\r\n";
    await shows("printed meanwhile");
    expect(shell().opened).toHaveLength(2);
    expect(await held()).toBe("main:/project$ asking  once\nprinted meanwhile");
    await eventually(() => shell().taken).toBe(shell().screen.length);
    await page.keyboard.type("x");
    await eventually(() => shell().heard.flatMap((message) => ("data" in message ? message.data : []))).toEqual([
      expect.stringContaining("\x1b["),
      "x",
    ]);
  });

  test("don't wake a runtime that went to sleep, but for a person who asks", async () => {
    await open();
    await show();
    runtime = { state: "asleep" };
    shell().leave(TERMINAL_CLOSE.again);
    await status().getByText("The runtime is asleep.").waitFor();
    // The page looks once more: nothing is opened.
    await page.waitForResponse(`**/api/projects/${PROJECT}`);
    expect(shell().opened).toHaveLength(1);
    isSlow = true;
    await status().getByRole("button", { name: "Wake it" }).click();
    await status().getByText("Waking the runtime …").waitFor();
    expect(await isInTerminal()).toBe(true);
  });

  test("start the runtime, and say so while that takes long", async () => {
    runtime = null;
    isSlow = true;
    await open();
    await page.getByRole("button", { name: "Terminal", exact: true }).click();
    await status().getByText("Starting the runtime …").waitFor();
  });

  test("are there again when the page is loaded anew; asleep, they are not woken for that", async () => {
    await open();
    await show();
    await page.reload();
    await shows("main:/project$");
    expect(shell().opened).toHaveLength(2);
    runtime = { state: "asleep" };
    await page.reload();
    await status().getByText("The runtime is asleep.").waitFor();
    expect(shell().opened).toHaveLength(2);
    await page.getByRole("button", { name: "Hide" }).click();
    await page.reload();
    await page.locator(".sync", { hasText: "Saved" }).waitFor();
    expect(await drawer().count()).toBe(0);
  });

  test("are several, as tabs; those that are open already are found", async () => {
    shell("build");
    await open();
    await page.getByRole("button", { name: "Terminal", exact: true }).click();
    await shows("build:/project$");
    await drawer().getByRole("button", { name: "New terminal" }).click();
    await shows("main:/project$");
    await drawer().getByRole("button", { name: "New terminal" }).click();
    await shows("main-2:/project$");
    const tabs = drawer().getByRole("tab");
    expect(await tabs.allTextContents()).toEqual(["build", "main", "main-2"]);
    await tabs.nth(2).focus();
    await page.keyboard.press("ArrowRight");
    await shows("build:/project$");
    expect(await drawer().getByRole("tab", { selected: true }).textContent()).toBe("build");
    await tabs.nth(1).click();
    expect(await isInTerminal()).toBe(true);
    await page.keyboard.type("m");
    await eventually(() => shell("main").heard.at(-1)).toEqual({ type: "input", data: "m" });

    await drawer().getByRole("button", { name: "Close terminal main", exact: true }).click();
    await drawer().getByText("What runs in it ends.").waitFor();
    expect(deleted).toEqual([]);
    await drawer().getByRole("button", { name: "Close now" }).click();
    await shows("main-2:/project$");
    expect(deleted).toEqual(["DELETE main"]);
    expect(await tabs.allTextContents()).toEqual(["build", "main-2"]);
  });

  test("say when a shell has ended or can't begin, and begin it when asked to", async () => {
    await open();
    await show();
    shell().end(130);
    await status().getByText("The shell has ended with 130.").waitFor();
    shell().screen = "main:/project$ anew";
    await status().getByRole("button", { name: "Start it again" }).click();
    await shows("anew");
    expect(await drawer().locator("> p").textContent()).toBe("");
    shell().leave(TERMINAL_CLOSE.refused, "there are 20 terminals; close one first");
    await status().getByText("there are 20 terminals; close one first").waitFor();
    expect(shell().opened).toHaveLength(2);
  });

  test("are as large as their drawer, which is dragged or moved by keys", async () => {
    await open();
    await show();
    const size = () => shell().heard.findLast((message) => "rows" in message);
    const asked = new URL(shell().opened[0] ?? "").searchParams;
    expect(Number(asked.get("columns"))).toBeGreaterThan(120);
    const before = Number(asked.get("rows"));
    const handle = drawer().getByRole("separator");
    await handle.focus();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    await eventually(size).toMatchObject({ type: "resize", rows: before + 3 });
    expect(await handle.getAttribute("aria-valuenow")).toBe("348");
    await page.keyboard.press("Home");
    await eventually(async () => (await drawer().boundingBox())?.height).toBe(120);
    const at = await handle.boundingBox();
    await page.mouse.move(600, (at?.y ?? 0) + 4);
    await page.mouse.down();
    await page.mouse.move(600, 500, { steps: 3 });
    await page.mouse.up();
    await eventually(async () => (await drawer().boundingBox())?.height).toBe(400);
  });

  test("take what is pasted, however long, and give what is copied", async () => {
    await open("owner", { permissions: ["clipboard-read", "clipboard-write"] });
    await show();
    const pasted = "wave🌊".repeat(50_000);
    await page.evaluate((text) => navigator.clipboard.writeText(text), pasted);
    await page.keyboard.press("Control+Shift+v");
    const sent = () =>
      shell()
        .heard.map((message) => ("data" in message ? message.data : ""))
        .join("");
    await eventually(() => sent().length).toBe(pasted.length);
    expect(sent()).toBe(pasted);
    expect(shell().heard.length).toBeGreaterThan(1);

    const word = await rows().getByText("main:/project$").boundingBox();
    await page.mouse.dblclick((word?.x ?? 0) + 8, (word?.y ?? 0) + 8);
    await page.keyboard.press("Control+c");
    await eventually(() => page.evaluate(() => navigator.clipboard.readText())).toContain("main");
    expect(sent()).toBe(pasted);
    // With nothing selected, it interrupts.
    await page.keyboard.press("Control+c");
    await eventually(() => sent().slice(pasted.length)).toBe("\x03");
  });

  test("are read out, and follow light and dark", async () => {
    await open("owner", { colorScheme: "light" });
    await show();
    shell().print("\r\nread me\r\n");
    await drawer().getByRole("listitem").filter({ hasText: "read me" }).waitFor({ state: "attached" });
    const ground = () =>
      drawer()
        .locator(".xterm-scrollable-element")
        .first()
        .evaluate((it) => getComputedStyle(it).backgroundColor);
    expect(await ground()).toBe("rgb(255, 255, 255)");
    await page.emulateMedia({ colorScheme: "dark" });
    await eventually(ground).toBe("rgb(21, 23, 28)");
  });

  test("are not there for who may not run cells", async () => {
    await open("viewer");
    expect(await page.getByRole("button", { name: "Terminal", exact: true }).count()).toBe(0);
    await page.keyboard.press("Control+`");
    expect(await drawer().count()).toBe(0);
  });

  test.each([
    ["light", 1280],
    ["dark", 1280],
    ["dark", 390],
  ] as const)("axe finds nothing, %s, %i px", async (colorScheme, width) => {
    await open("owner", { colorScheme, viewport: { width, height: 800 } });
    await show();
    const colors = Array.from({ length: 16 }, (_, i) => `\x1b[${i < 8 ? 30 + i : 82 + i}mcolor${i}\x1b[0m`).join(" ");
    shell().print(`ls\r\n${colors}\r\n\x1b[44;33mon blue\x1b[0m \x1b[1mbold\x1b[0m\r\nmain:/project$ `);
    await shows("on blue");
    await drawer().getByRole("button", { name: "New terminal" }).click();
    await shows("main-2:/project$");
    await drawer().getByRole("tab", { name: "main", exact: true }).click();
    await page.screenshot({ path: join(ARTEFACTS, `terminal-${colorScheme}-${width}.png`) });
    expect(await violationsOn(page, { within: "#terminals", rules: PART_RULES })).toEqual([]);
  });
});
