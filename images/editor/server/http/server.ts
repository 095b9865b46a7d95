/** The editor server's door: requests and WebSockets that the daemon hands on. Faults become answers here, and only here. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import * as z from "zod";
import { Fault, parse, parseJson } from "../../../../shared/daemon/fault.ts";
import { MAX_FILE_BYTES, MAX_JSON_BYTES } from "../../../../shared/daemon/limits.ts";
import { Drawing } from "../../../../shared/document/diagrams.ts";
import { CommentRequest } from "../../../../shared/editor/comments.ts";
import {
  FileRequest,
  MoveRequest,
  type Placed,
  RestoreRequest,
  type Trash,
  UndoMoveRequest,
} from "../../../../shared/editor/files.ts";
import { KeepRequest } from "../../../../shared/editor/history.ts";
import { EndRequest, RestartRequest, type RunLine, RunRequest } from "../../../../shared/editor/run-lines.ts";
import {
  type Replaced,
  ReplaceRequest,
  type SearchLine,
  SearchQuery,
  type Undone,
  UndoReplaceRequest,
} from "../../../../shared/editor/search.ts";
import { CLOSE, MAX_MESSAGE_BYTES } from "../../../../shared/editor/sync.ts";
import { UploadQuery, ZipQuery } from "../../../../shared/editor/transfer.ts";
import type { LiveDocument } from "../document/document.ts";
import type { Documents, Held } from "../document/documents.ts";
import type { Forwarding } from "../document/forwarding.ts";
import type { DocumentId } from "../document/state-folder.ts";
import type { FileOperations } from "../files/file-operations.ts";
import type { Moves } from "../files/moves.ts";
import type { Zips } from "../files/zips.ts";
import { report } from "../runs/report.ts";
import type { Runner } from "../runs/runner.ts";
import type { ProjectSearch } from "../search/project-search.ts";
import { Connection } from "../sync/connection.ts";
import { peopleIn } from "../sync/people.ts";
import { type Caller, callerOf } from "./caller.ts";
import type { Trees } from "./tree.ts";

const KEEP_ALIVE_MS = 15_000;

const VersionsQuery = z.object({ path: z.string() });
const VersionQuery = VersionsQuery.extend({ version: z.coerce.number<string>().int().min(1) });
const SyncQuery = z.object({ path: z.string(), lineage: z.uuid().nullable() });

export interface Parts {
  readonly documents: Documents;
  readonly runner: Runner;
  readonly trees: Trees;
  readonly files: FileOperations;
  readonly moves: Moves;
  readonly forwarding: Forwarding;
  readonly zips: Zips;
  readonly search: ProjectSearch;
  readonly keepDrawing: (projectId: string, drawing: Drawing) => Promise<void>;
  /** Resolves with its path in the project. */
  readonly keepPicture: (projectId: string, type: string, content: Uint8Array) => Promise<string>;
}

export function createEditorServer(parts: Parts): Server {
  const { documents, runner, trees, files, moves, forwarding, zips, search, keepDrawing, keepPicture } = parts;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => fail(response, error));
  });
  server.requestTimeout = 0;
  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    sync(request, socket, head).catch((error: unknown) => refuse(socket, error));
  });
  server.on("close", () => {
    for (const socket of sockets.clients) socket.terminate();
  });
  return server;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://editor");
    switch (`${request.method} ${pathname}`) {
      case "GET /health":
        return sendJson(response, 200, { ok: true });
      case "GET /tree":
        return sendJson(response, 200, await trees.read(callerOf(request, "read").projectId));
      case "GET /people": {
        const { projectId } = callerOf(request, "read");
        return sendJson(response, 200, peopleIn(await documents.openIn(projectId)));
      }
      case "GET /cells":
        return sendJson(response, 200, await runner.settings(callerOf(request, "read").projectId));
      case "PUT /drawing": {
        const { projectId } = callerOf(request, "write");
        await keepDrawing(projectId, await readJson(request, Drawing, "drawing"));
        return sendJson(response, 200, { kept: true });
      }
      case "PUT /picture": {
        const { projectId } = callerOf(request, "write");
        const content = await readBytes(request, MAX_FILE_BYTES);
        const placed: Placed = {
          path: await keepPicture(projectId, request.headers["content-type"] ?? "no type", content),
        };
        return sendJson(response, 200, placed);
      }
      case "POST /run": {
        const caller = callerOf(request, "run");
        return run(caller, await readJson(request, RunRequest, "run"), response);
      }
      case "POST /interrupt": {
        const { projectId } = callerOf(request, "run");
        const { path, cell } = await readJson(request, EndRequest, "interrupt");
        await runner.interrupt({ projectId, path }, cell);
        return sendJson(response, 200, { interrupted: true });
      }
      case "POST /cancel": {
        const { projectId } = callerOf(request, "run");
        const { path, cell } = await readJson(request, EndRequest, "cancel");
        await runner.cancel({ projectId, path }, cell);
        return sendJson(response, 200, { cancelled: true });
      }
      case "POST /restart": {
        const { projectId } = callerOf(request, "run");
        const { path, cell } = await readJson(request, RestartRequest, "restart");
        await runner.restart({ projectId, path }, cell);
        return sendJson(response, 200, { restarted: true });
      }
      case "POST /comments": {
        const { projectId, actor } = callerOf(request, "comment");
        const wanted = await readJson(request, CommentRequest, "comment");
        await withDocument({ projectId, path: wanted.path }, ({ comments }) => comments.change(wanted, actor));
        return sendJson(response, 200, { kept: true });
      }
      case "GET /versions": {
        const { projectId } = callerOf(request, "read");
        const { path } = parse(VersionsQuery, Object.fromEntries(searchParams), "versions");
        return sendJson(response, 200, await withDocument({ projectId, path }, ({ history }) => history.list));
      }
      case "GET /version": {
        const { projectId } = callerOf(request, "read");
        const { path, version } = parse(VersionQuery, Object.fromEntries(searchParams), "version");
        const text = await withDocument({ projectId, path }, ({ history }) => history.textOf(version));
        return sendJson(response, 200, { text });
      }
      case "POST /keep": {
        const { projectId } = callerOf(request, "write");
        const { path } = await readJson(request, KeepRequest, "keep");
        await withDocument({ projectId, path }, ({ history }) => history.keep());
        return sendJson(response, 200, { kept: true });
      }
      case "POST /create": {
        const { projectId } = callerOf(request, "write");
        const { path } = await readJson(request, FileRequest, "create");
        const placed: Placed = { path: await files.create(projectId, path) };
        return sendJson(response, 200, placed);
      }
      case "POST /duplicate": {
        const { projectId } = callerOf(request, "write");
        const { path } = await readJson(request, FileRequest, "duplicate");
        const placed: Placed = { path: await files.duplicate(projectId, path) };
        return sendJson(response, 200, placed);
      }
      case "POST /delete": {
        const { projectId, actor } = callerOf(request, "write");
        const { path } = await readJson(request, FileRequest, "delete");
        return sendJson(response, 200, await files.delete(projectId, path, actor.handle));
      }
      case "POST /restore": {
        const { projectId } = callerOf(request, "write");
        const { id } = await readJson(request, RestoreRequest, "restore");
        const placed: Placed = { path: await files.restore(projectId, id) };
        return sendJson(response, 200, placed);
      }
      case "POST /move": {
        const { projectId, actor } = callerOf(request, "write");
        return sendJson(
          response,
          200,
          await moves.move(projectId, await readJson(request, MoveRequest, "move"), actor),
        );
      }
      case "POST /undo-move": {
        const { projectId, actor } = callerOf(request, "write");
        const { id } = await readJson(request, UndoMoveRequest, "undo");
        return sendJson(response, 200, await moves.undo(projectId, id, actor));
      }
      case "PUT /upload": {
        const { projectId, actor } = callerOf(request, "write");
        const { path, taken } = parse(UploadQuery, Object.fromEntries(searchParams), "upload");
        // The request stays open when a part of it is refused, so that the sender gets its answer.
        const content = request.iterator({ destroyOnReturn: false });
        const upload = { path, ifTaken: taken, content, by: actor.handle };
        const placed: Placed = { path: await files.upload(projectId, upload) };
        return sendJson(response, 200, placed);
      }
      case "GET /zip": {
        const { projectId } = callerOf(request, "read");
        const { path } = parse(ZipQuery, { path: searchParams.get("path") }, "zip");
        return zips.send(projectId, path, response);
      }
      case "GET /trash": {
        const trash: Trash = { deleted: await files.trash(callerOf(request, "write").projectId) };
        return sendJson(response, 200, trash);
      }
      case "GET /search": {
        const { projectId } = callerOf(request, "read");
        return find(projectId, parseJson(SearchQuery, searchParams.get("query") ?? "", "search"), response);
      }
      case "POST /replace": {
        const { projectId, actor } = callerOf(request, "write");
        const wanted = await readJson(request, ReplaceRequest, "replace");
        const replaced: Replaced = await search.replace(projectId, wanted, actor);
        return sendJson(response, 200, replaced);
      }
      case "POST /undo-replace": {
        const { projectId, actor } = callerOf(request, "write");
        const { documents: replaced } = await readJson(request, UndoReplaceRequest, "undo");
        const undone: Undone = await search.undo(projectId, replaced, actor);
        return sendJson(response, 200, undone);
      }
      default:
        throw new Fault("not_found", "no such address");
    }
  }

  /** Answers as it finds. What is wrong with the query is known before the first line. */
  async function find(projectId: string, query: SearchQuery, response: ServerResponse): Promise<void> {
    const nobody = new AbortController();
    response.once("close", () => nobody.abort());
    const write = (line: SearchLine) => {
      if (!response.headersSent)
        response.writeHead(200, { "content-type": "application/x-ndjson", "cache-control": "no-store" });
      response.write(`${JSON.stringify(line)}\n`);
    };
    await search.search(projectId, query, write, nobody.signal);
    response.end();
  }

  async function withDocument<T>(id: DocumentId, act: (document: LiveDocument) => T | Promise<T>): Promise<T> {
    const held = await documents.hold(id);
    try {
      return await act(held.document);
    } finally {
      held.release();
    }
  }

  /** The document of that lineage, which may have been moved, or be on its way while it is asked for. */
  async function holdWhereItIs(asked: DocumentId, lineage: string | null): Promise<Held> {
    if (lineage === null) return documents.hold(asked);
    const id = await forwarding.follow(asked, lineage);
    const held = await documents.hold(id).catch((error: unknown) => {
      if (error instanceof Fault && error.code === "not_found") return null;
      throw error;
    });
    if (held?.document.lineage === lineage) return held;
    // It may have gone while it was being opened: whoever opens one waits for moves. Then it is known by now where it has gone.
    const now = await forwarding.follow(asked, lineage);
    if (held && now.path === id.path) return held;
    held?.release();
    return documents.hold(now);
  }

  async function run({ projectId }: Caller, wanted: RunRequest, response: ServerResponse): Promise<void> {
    const { path } = wanted;
    const id = { projectId, path };
    const asked = await runner.start(projectId, wanted);
    response.writeHead(200, { "content-type": "application/x-ndjson", "cache-control": "no-store" });
    response.flushHeaders();
    const write = (line: RunLine) => void response.write(`${JSON.stringify(line)}\n`);
    // Clients give a connection up that says nothing for minutes; a cell may compute for hours.
    const keepAlive = setInterval(() => response.write("\n"), KEEP_ALIVE_MS);
    const summary = await report(path, asked, write).finally(() => clearInterval(keepAlive));
    // Whoever reads the file once the run is over finds the outputs in it; one that was moved or deleted meanwhile was written then.
    await withDocument(id, (document) => document.save()).catch((error: unknown) => {
      if (!(error instanceof Fault && error.code === "not_found")) throw error;
    });
    write(summary);
    response.end();
  }

  async function sync(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const url = new URL(request.url ?? "/", "http://editor");
    if (url.pathname !== "/sync") throw new Fault("not_found", "no such address");
    const { projectId, actor } = callerOf(request, "read");
    const query = { path: url.searchParams.get("path"), lineage: url.searchParams.get("lineage") };
    const { path, lineage } = parse(SyncQuery, query, "sync");
    const held = await holdWhereItIs({ projectId, path }, lineage).catch((error: unknown) => {
      if (error instanceof Fault) return error;
      throw error;
    });
    // Whatever becomes of the handshake, the document is held no longer than the connection lasts.
    if (!(held instanceof Fault)) socket.once("close", held.release);
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      // A browser is told nothing of an upgrade that failed, so what is wrong is said as a reason for closing.
      if (held instanceof Fault) return webSocket.close(closeCodeOf(held), held.message.slice(0, 120));
      if (lineage !== null && lineage !== held.document.lineage) return webSocket.close(CLOSE.otherLineage);
      new Connection(webSocket, held.document, actor);
    });
  }
}

function closeCodeOf(fault: Fault): number {
  if (fault.code === "too_large") return CLOSE.tooLarge;
  return fault.code === "not_found" || fault.code === "invalid" ? CLOSE.notFound : CLOSE.cannotSave;
}

async function readJson<T>(request: IncomingMessage, schema: z.ZodType<T>, what: string): Promise<T> {
  return parseJson(schema, (await readBytes(request, MAX_JSON_BYTES)).toString(), what);
}

async function readBytes(request: IncomingMessage, most: number): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > most) throw new Fault("too_large", `a request's body may have ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function sendJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

function fail(response: ServerResponse, error: unknown): void {
  const fault = asFault(error);
  if (response.headersSent) response.destroy();
  else sendJson(response, fault.status, fault.toBody());
}

function refuse(socket: Duplex, error: unknown): void {
  const fault = asFault(error);
  const body = JSON.stringify(fault.toBody());
  socket.end(
    `HTTP/1.1 ${fault.status} Refused\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  console.error(error);
  return new Fault("internal", "the editor server failed; its log says why");
}
