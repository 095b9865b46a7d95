/** A daemon for tests: takes executions, keeps their events as the journal would, and can be stopped and started. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Fault, parseJson } from "../../../../shared/daemon/fault.ts";
import { type EventData, type EventName, ExecuteRequest } from "../../../../shared/mrp/mrp.ts";

interface Recorded {
  readonly request: ExecuteRequest;
  readonly events: { seq: number; event: EventName; data: object }[];
  readonly followers: Set<() => void>;
}

/** What happens when code is run: it emits events, and may wait. `done` is added unless it was emitted. */
export type Kernel = (
  code: string,
  emit: <N extends EventName>(event: N, data: EventData<N>) => void,
) => Promise<void> | void;

export class FakeDaemon {
  readonly executions = new Map<string, Recorded>();
  readonly interrupted: string[] = [];
  readonly changed: string[] = [];
  readonly reset: string[] = [];
  /** Takes the next execution, and breaks the connection instead of saying so. */
  breaksNext = false;
  /** Each stream of events breaks after this many more bytes than the one before. */
  streamBreaks: { bytes: number; step: number } | null = null;
  readonly #socketPath: string;
  readonly #kernel: Kernel;
  #server: Server | null = null;

  constructor(socketPath: string, kernel: Kernel) {
    this.#socketPath = socketPath;
    this.#kernel = kernel;
  }

  /** Codes in the order in which they were taken. */
  get ran(): string[] {
    return [...this.executions.values()].map(({ request }) => request.code);
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        const fault = error instanceof Fault ? error : new Fault("internal", String(error));
        response.writeHead(fault.status).end(JSON.stringify(fault.toBody()));
      });
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#socketPath, resolve));
  }

  /** Breaks all connections. Executions go on: they are the runtime's. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = null;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://daemon");
    const rest = url.pathname.replace(/^\/v1\/projects\/[^/]+/, "");
    const body = Buffer.concat(await request.toArray()).toString();
    const events = /^\/mrp\/v1\/executions\/([^/]+)\/events$/.exec(rest)?.[1];
    if (events !== undefined) return this.#stream(events, Number(url.searchParams.get("after")), response);
    const reset = /^\/mrp\/v1\/sessions\/([^/]+)\/reset$/.exec(rest)?.[1];
    if (reset !== undefined) {
      this.reset.push(decodeURIComponent(reset));
      response.end("{}");
    } else if (rest === "/mrp/v1/executions") {
      const taken = this.#submit(body);
      if (this.breaksNext) response.destroy();
      else response.writeHead(202).end(JSON.stringify(taken));
      this.breaksNext = false;
    } else if (rest === "/mrp/v1/interrupt") {
      this.interrupted.push(JSON.parse(body).session);
      response.end("{}");
    } else if (rest === "/changed") {
      this.changed.push(...JSON.parse(body).paths);
      response.end("{}");
    } else throw new Fault("not_found", "no such address");
  }

  #submit(body: string) {
    const request = parseJson(ExecuteRequest, body, "execute");
    if (!this.executions.has(request.execId)) {
      const recorded: Recorded = { request, events: [], followers: new Set() };
      this.executions.set(request.execId, recorded);
      void this.#run(recorded);
    }
    return {
      executionId: request.execId,
      session: request.session,
      status: "queued",
      currentSeq: 0,
      inputRequest: null,
    };
  }

  async #run({ request, events, followers }: Recorded): Promise<void> {
    const count = [...this.executions.values()].filter((other) => other.request.session === request.session).length;
    const emit = (event: EventName, data: object) => {
      events.push({ seq: events.length * 2 + 1, event, data });
      for (const follower of followers) follower();
    };
    emit("start", { session: request.session, executionCount: count });
    await this.#kernel(request.code, emit);
    if (events.at(-1)?.event !== "done")
      emit("done", { success: true, status: "completed", executionCount: 1, duration: 1 });
  }

  #stream(id: string, after: number, response: ServerResponse): void {
    const recorded = this.executions.get(id);
    if (!recorded) throw new Fault("not_found", "no such execution");
    response.writeHead(200, { "content-type": "text/event-stream" });
    let told = after;
    const breakAt = this.streamBreaks?.bytes ?? Number.POSITIVE_INFINITY;
    if (this.streamBreaks) this.streamBreaks.bytes += this.streamBreaks.step;
    const tell = () => {
      let text = "";
      for (const { seq, event, data } of recorded.events) {
        if (seq <= told) continue;
        told = seq;
        text += `id: ${seq}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
      }
      const bytes = Buffer.from(text);
      response.write(bytes.subarray(0, breakAt));
      if (bytes.length > breakAt) response.socket?.destroySoon();
      else if (recorded.events.at(-1)?.event === "done") response.end();
    };
    recorded.followers.add(tell);
    response.on("close", () => recorded.followers.delete(tell));
    tell();
  }
}
