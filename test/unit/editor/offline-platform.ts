/**
 * The platform as the app's page sees it, on a port of its own: the page and its bundles, who asks and what the project is, and a
 * real editor server behind the socket. It can go away as a network does, and come back.
 */
import { once } from "node:events";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { dirname, extname, join } from "node:path";
import { Workplace } from "../../../images/editor/server/testing/workplace.ts";
import { encodeActor } from "../../../shared/daemon/actor.ts";
import type { Role } from "../../../shared/roles.ts";
import { ASSETS, answerFor, ME, PAGE, PROJECT, TYPES } from "./app-files.ts";

const OTHER = "5a3c2f0e-7f0f-4c39-9d0e-6a6f0c1f2b11";

export class OfflinePlatform {
  /** Who is signed in; null for nobody. */
  person: "demo" | "alice" | null = "demo";
  /** What they may do in the project; null: it is not shared with them. */
  role: Role | null = "owner";
  /** A line of the app's page that a deploy would change. */
  release = "first";
  /** As with OFFLINE_APP=off. */
  isOff = false;
  readonly #place: Workplace;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #port = 0;

  private constructor(place: Workplace) {
    this.#place = place;
  }

  static async start(): Promise<OfflinePlatform> {
    const platform = new OfflinePlatform(await Workplace.create({}));
    await platform.comeBack();
    return platform;
  }

  async close(): Promise<void> {
    await this.goAway();
    await this.#place.dispose();
  }

  get origin(): string {
    return `http://localhost:${this.#port}`;
  }

  address(path: string): string {
    return `${this.origin}/edit/@demo/thesis/${path}`;
  }

  async goAway(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    server?.close();
    for (const socket of this.#sockets) socket.destroy();
    if (server?.listening) await once(server, "close");
  }

  async comeBack(): Promise<void> {
    const server = createServer((asked, answer) => void this.#answer(asked, answer));
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    server.on("upgrade", (asked, socket) => this.#connect(asked, socket as Socket));
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(this.#pathOf(path)), { recursive: true });
    await writeFile(this.#pathOf(path), text);
  }

  read(path: string): Promise<string> {
    return readFile(this.#pathOf(path), "utf8");
  }

  /** As after a restore from a backup of the files: the editor server knows nothing of what it was. */
  async forgetLineage(path: string): Promise<void> {
    await this.#place.killServer("SIGTERM");
    await rm(await this.#place.stateOf(path), { recursive: true });
    await this.#place.startServer();
  }

  #pathOf(path: string): string {
    return join(this.#place.root, "data", "projects", PROJECT, path);
  }

  async #answer(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(asked.url ?? "/", this.origin);
    const say = (status: number, type: string, body: string | Uint8Array) =>
      void answer.writeHead(status, { "content-type": type, "cache-control": "no-cache" }).end(body);
    const json = (status: number, body: object) => say(status, "application/json", JSON.stringify(body));
    if (pathname === "/" || pathname.startsWith("/edit/"))
      return say(200, "text/html", PAGE.replace("</head>", `<meta name="release" content="${this.release}"></head>`));
    if (pathname === "/auth/sign-out") {
      this.person = null;
      return void answer.writeHead(303, { location: "/", "clear-site-data": '"storage"' }).end();
    }
    if (pathname === "/frame") return say(200, "text/html", "<!doctype html>");
    if (/^\/(?:app|reader)\/|^\/offline\.js$/.test(pathname)) {
      const isOff = this.isOff && pathname === "/offline.js";
      const body = await readFile(join(ASSETS, isOff ? "offline-off.js" : pathname)).catch(() => null);
      return body ? say(200, TYPES[extname(pathname)] ?? "text/plain", body) : say(404, "text/plain", "");
    }
    const fault = (code: string, message: string) => ({ error: { code, message } });
    if (this.person === null) return json(401, fault("unauthenticated", "sign in first"));
    if (pathname === "/api/me")
      return json(200, {
        user: { userId: this.person === "demo" ? ME : OTHER, handle: this.person, name: this.person },
      });
    const listed = { projectId: PROJECT, slug: "thesis", owner: { handle: "demo" }, role: this.role, site: null };
    if (pathname === "/api/projects") return json(200, { projects: this.role === null ? [] : [listed] });
    if (this.role === null) return json(404, fault("not_found", "no such project"));
    if (pathname.endsWith("/file")) {
      const body = await readFile(this.#pathOf(searchParams.get("path") ?? "")).catch(() => null);
      return body ? say(200, "image/svg+xml", body) : json(404, fault("not_found", "no such file"));
    }
    return json(200, answerFor(pathname, this.role, ["a.md", "b.md"]) ?? { sandboxes: [] });
  }

  #connect(asked: IncomingMessage, socket: Socket): void {
    const { role, person } = this;
    socket.on("error", () => socket.destroy());
    if (role === null || person === null) return void socket.end("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
    const url = new URL(asked.url ?? "/", this.origin);
    const userId = person === "demo" ? ME : OTHER;
    const actor = encodeActor({ userId, handle: person, name: person, role });
    const onward = request({
      socketPath: join(this.#place.root, "run", "editor.sock"),
      path: url.pathname.slice(url.pathname.indexOf("/sync")) + url.search,
      headers: { ...asked.headers, "x-markco-project": PROJECT, "x-markco-actor": actor },
    });
    onward.on("error", () => socket.destroy());
    onward.on("upgrade", (response, server, head) => {
      const headers = Object.entries(response.headers).map(([name, value]) => `${name}: ${value}`);
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers.join("\r\n")}\r\n\r\n`);
      socket.write(head);
      server.on("error", () => socket.destroy());
      socket.on("close", () => server.destroy());
      socket.pipe(server).pipe(socket);
    });
    onward.end();
  }
}
