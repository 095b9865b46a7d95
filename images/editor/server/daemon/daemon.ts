/** The daemon, over its Unix socket. What is asked there is asked in the owner's name. */
import { type IncomingMessage, type RequestOptions, request } from "node:http";
import { DAEMON } from "../../../../shared/daemon/contract.ts";
import { Fault, FaultBody, parseJson } from "../../../../shared/daemon/fault.ts";
import { readEvents } from "../../../../shared/mrp/event-stream.ts";
import { type ExecuteRequest, Execution, ExecutionEvent } from "../../../../shared/mrp/mrp.ts";

/** A stream that says nothing for longer than some of its keep-alives is dead. */
const STREAM_SILENCE_MS = 50_000;
const ANSWER_MS = 120_000;

/** The daemon did not answer: it is being restarted, or the connection broke. Worth another try. */
export class DaemonUnreachable extends Error {}

export class Daemon {
  readonly #socketPath: string;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  /** Throws the daemon's Fault, or DaemonUnreachable. The same request twice is one execution. */
  async submit(projectId: string, execution: ExecuteRequest): Promise<Execution> {
    return parseJson(
      Execution,
      await this.#ask("POST", DAEMON.mrp(projectId, "/mrp/v1/executions"), execution),
      "execution",
    );
  }

  async interrupt(projectId: string, session: string): Promise<void> {
    await this.#ask("POST", DAEMON.mrp(projectId, "/mrp/v1/interrupt"), { session });
  }

  /** Ends the session's process, if there is one: the next execution starts another. */
  async reset(projectId: string, session: string): Promise<void> {
    await this.#ask("POST", DAEMON.mrp(projectId, `/mrp/v1/sessions/${encodeURIComponent(session)}/reset`), {});
  }

  /** Files of the project have been written. */
  async changed(projectId: string, paths: readonly string[]): Promise<void> {
    await this.#ask("POST", `${DAEMON.project(projectId)}/changed`, { paths });
  }

  /**
   * Events of an execution after `after`, up to the last one. It can end before `done`, or throw DaemonUnreachable, when
   * the connection breaks. Throws Fault("not_found") if the daemon doesn't know the execution.
   */
  async *events(projectId: string, execId: string, after: number, signal: AbortSignal): AsyncGenerator<ExecutionEvent> {
    const path = DAEMON.mrp(projectId, `/mrp/v1/executions/${execId}/events?after=${after}`);
    const response = await this.#send({ method: "GET", path, signal, timeout: STREAM_SILENCE_MS });
    if (response.statusCode !== 200) throw faultOf(response.statusCode, await readAll(response));
    try {
      for await (const { id, event, data } of readEvents(response)) {
        yield parseJson(
          ExecutionEvent,
          `{"seq":${Number(id)},"event":${JSON.stringify(event)},"data":${data}}`,
          "event",
        );
      }
    } catch (error) {
      if (error instanceof Fault) throw error;
      throw new DaemonUnreachable("the stream of events broke");
    } finally {
      response.destroy();
    }
  }

  async #ask(method: string, path: string, body: object): Promise<string> {
    const response = await this.#send({ method, path, timeout: ANSWER_MS }, JSON.stringify(body));
    const text = await readAll(response);
    if ((response.statusCode ?? 500) >= 300) throw faultOf(response.statusCode, text);
    return text;
  }

  #send(options: RequestOptions, body?: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers =
        body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
      const sent = request({ ...options, headers, socketPath: this.#socketPath, agent: false }, resolve);
      sent.on("timeout", () => sent.destroy(new Error("silent for too long")));
      sent.on("error", (error) => reject(new DaemonUnreachable(error.message)));
      sent.end(body);
    });
  }
}

async function readAll(response: IncomingMessage): Promise<string> {
  try {
    return Buffer.concat(await response.toArray()).toString();
  } catch {
    throw new DaemonUnreachable("the answer broke off");
  }
}

function faultOf(status: number | undefined, text: string): Fault | DaemonUnreachable {
  try {
    const { code, message, at } = parseJson(FaultBody, text, "answer").error;
    return new Fault(code, message, at);
  } catch {
    return new DaemonUnreachable(`it answered with status ${status}`);
  }
}
