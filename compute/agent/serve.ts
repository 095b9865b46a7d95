/** The agent's side of the connection to the daemon: answers its calls, and joins streams to what they are about. */
import { performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import { type Duplex, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Fault, parse, parseJson } from "../../shared/daemon/fault.ts";
import { asFault } from "../api/as-fault.ts";
import type { HostAgent } from "./host-agent.ts";
import { CALLS, type CallName, STREAMS, type StreamName, WINDOW_BYTES } from "./wire.ts";

const MAX_BODY_BYTES = 1024 * 1024;

/** Serves over a connection that the agent has opened. The session ends with the connection. */
export function serveAgent(agent: HostAgent, connection: Duplex): ServerHttp2Session {
  const session = performServerHandshake(connection, { settings: { initialWindowSize: WINDOW_BYTES.stream } });
  session.setLocalWindowSize(WINDOW_BYTES.session);
  session.on("error", () => session.destroy());
  session.on("stream", (stream, headers) => {
    stream.on("error", () => stream.destroy());
    const url = new URL(String(headers[":path"]), "http://host");
    answer(agent, stream, url).catch((error: unknown) => refuse(stream, error));
  });
  return session;
}

async function answer(agent: HostAgent, stream: ServerHttp2Stream, url: URL): Promise<void> {
  const [, kind, name = ""] = url.pathname.split("/");
  if (kind === "call" && isCall(name)) {
    const args = parseJson<readonly unknown[]>(CALLS[name].takes, await textOf(stream), name);
    // The schema of the call is that of the method's arguments.
    const result = await (agent[name] as (...args: readonly unknown[]) => Promise<unknown>)(...args);
    stream.respond({ ":status": 200 });
    stream.end(JSON.stringify(result ?? null));
  } else if (kind === "stream" && isStream(name)) {
    await joinStream(agent, stream, name, Object.fromEntries(url.searchParams));
  } else throw new Fault("not_found", "no such call");
}

async function joinStream(agent: HostAgent, stream: ServerHttp2Stream, name: StreamName, query: object): Promise<void> {
  switch (name) {
    case "log": {
      const { runtimeId, from, follow } = parse(STREAMS.log, query, "log");
      const ended = new AbortController();
      stream.once("close", () => ended.abort());
      const bytes = await agent.runtimeLog(runtimeId, from, follow === "yes" ? ended.signal : null);
      return send(stream, Readable.from(bytes, { objectMode: false }));
    }
    case "archive": {
      const { archiveId } = parse(STREAMS.archive, query, "archive");
      return send(stream, await agent.readArchive(archiveId));
    }
    case "files": {
      const { runtimeId } = parse(STREAMS.files, query, "files");
      return send(stream, await agent.readRuntimeFiles(runtimeId));
    }
    case "state": {
      const { runtimeId } = parse(STREAMS.state, query, "state");
      return send(stream, await agent.readRuntimeState(runtimeId));
    }
    case "store": {
      const { archiveId } = parse(STREAMS.store, query, "store");
      return received(stream, agent.writeArchive(archiveId, stream));
    }
    case "expect": {
      const { runtimeId } = parse(STREAMS.expect, query, "expect");
      return received(stream, agent.expectRuntime(runtimeId, stream));
    }
    case "restore": {
      const { runtimeId } = parse(STREAMS.restore, query, "restore");
      return received(stream, agent.writeRuntimeState(runtimeId, stream));
    }
    case "stdin": {
      const { runtimeId } = parse(STREAMS.stdin, query, "stdin");
      return join(stream, await agent.runtimeStdin(runtimeId));
    }
    case "dial": {
      const { runtimeId, port } = parse(STREAMS.dial, query, "dial");
      const dial = await agent.dialer(runtimeId);
      return join(stream, dial(port));
    }
  }
}

async function send(stream: ServerHttp2Stream, from: Readable): Promise<void> {
  stream.respond({ ":status": 200 });
  // Whoever asked may leave at any time.
  await pipeline(from, stream).catch(() => stream.destroy());
}

async function received(stream: ServerHttp2Stream, done: Promise<void>): Promise<void> {
  await done;
  stream.respond({ ":status": 200 });
  stream.end();
}

async function join(stream: ServerHttp2Stream, other: Duplex): Promise<void> {
  stream.respond({ ":status": 200 });
  other.on("error", () => stream.destroy());
  stream.on("close", () => other.destroy());
  stream.pipe(other).pipe(stream);
}

function refuse(stream: ServerHttp2Stream, error: unknown): void {
  const fault = asFault(error);
  if (stream.destroyed) return;
  if (stream.headersSent) stream.destroy();
  else {
    stream.respond({ ":status": fault.status });
    stream.end(JSON.stringify(fault.toBody()));
  }
}

async function textOf(stream: ServerHttp2Stream): Promise<string> {
  let text = "";
  for await (const chunk of stream.setEncoding("utf8")) {
    text += chunk;
    if (text.length > MAX_BODY_BYTES) throw new Fault("too_large", `a call may have ${MAX_BODY_BYTES} bytes`);
  }
  return text;
}

const isCall = (name: string): name is CallName => Object.hasOwn(CALLS, name);
const isStream = (name: string): name is StreamName => Object.hasOwn(STREAMS, name);
