/** An agent on another host, as the daemon sees it: each call a request, each stream one of the connection's. */
import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";
import type { Duplex, Readable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import type * as z from "zod";
import { Fault, FaultBody, parseJson } from "../../shared/daemon/fault.ts";
import type {
  ArchiveFacts,
  CopyPlan,
  CudaState,
  Found,
  HostAgent,
  HostFacts,
  Measurement,
  MemoryState,
  RuntimePlan,
} from "../agent/host-agent.ts";
import { CALLS, type CallName, type STREAMS, type StreamName } from "../agent/wire.ts";

const CALL_MS = 120_000;

export class RemoteAgent implements HostAgent {
  readonly #session: () => Promise<ClientHttp2Session>;

  /** @param session the connection to the host, which may have to be waited for; rejects with Fault("unavailable") */
  constructor(session: () => Promise<ClientHttp2Session>) {
    this.#session = session;
  }

  facts(): Promise<HostFacts> {
    return this.#call("facts");
  }

  measure(): Promise<Measurement> {
    return this.#call("measure");
  }

  async mountProject(projectFolder: string): Promise<void> {
    await this.#call("mountProject", projectFolder);
  }

  containers(): Promise<Found[]> {
    return this.#call("containers");
  }

  async removeContainer(containerId: string): Promise<void> {
    await this.#call("removeContainer", containerId);
  }

  async startRuntime(plan: RuntimePlan): Promise<void> {
    await this.#call("startRuntime", plan);
  }

  async removeRuntime(runtimeId: string): Promise<void> {
    await this.#call("removeRuntime", runtimeId);
  }

  isRuntimeRunning(runtimeId: string): Promise<boolean> {
    return this.#call("isRuntimeRunning", runtimeId);
  }

  whyRuntimeEnded(runtimeId: string): Promise<string> {
    return this.#call("whyRuntimeEnded", runtimeId);
  }

  runtimeMemory(runtimeId: string): Promise<number> {
    return this.#call("runtimeMemory", runtimeId);
  }

  runtimeCuda(runtimeId: string): Promise<CudaState | null> {
    return this.#call("runtimeCuda", runtimeId);
  }

  async limitRuntime(runtimeId: string, bytes: number): Promise<void> {
    await this.#call("limitRuntime", runtimeId, bytes);
  }

  async pauseRuntime(runtimeId: string): Promise<void> {
    await this.#call("pauseRuntime", runtimeId);
  }

  async resumeRuntime(runtimeId: string): Promise<void> {
    await this.#call("resumeRuntime", runtimeId);
  }

  async freezeRuntime(runtimeId: string, logOffset: number): Promise<void> {
    await this.#call("freezeRuntime", runtimeId, logOffset);
  }

  async copyRuntime(runtimeId: string, archiveId: string, plan: CopyPlan): Promise<void> {
    await this.#call("copyRuntime", runtimeId, archiveId, plan);
  }

  async restoreRuntime(plan: RuntimePlan, archiveId: string): Promise<void> {
    await this.#call("restoreRuntime", plan, archiveId);
  }

  archive(archiveId: string): Promise<ArchiveFacts | null> {
    return this.#call("archive", archiveId);
  }

  async dropArchive(archiveId: string): Promise<void> {
    await this.#call("dropArchive", archiveId);
  }

  async setArchiveAside(archiveId: string): Promise<void> {
    await this.#call("setArchiveAside", archiveId);
  }

  readArchive(archiveId: string): Promise<Readable> {
    return this.#open("archive", { archiveId });
  }

  writeArchive(archiveId: string, content: Readable): Promise<void> {
    return this.#send("store", { archiveId }, content);
  }

  async prepareRuntime(plan: RuntimePlan, key: string): Promise<void> {
    await this.#call("prepareRuntime", plan, key);
  }

  readRuntimeFiles(runtimeId: string): Promise<Readable> {
    return this.#open("files", { runtimeId });
  }

  expectRuntime(runtimeId: string, files: Readable): Promise<void> {
    return this.#send("expect", { runtimeId }, files);
  }

  offerRuntime(runtimeId: string, key: string, logOffset: number): Promise<number> {
    return this.#call("offerRuntime", runtimeId, key, logOffset);
  }

  readRuntimeState(runtimeId: string): Promise<Readable> {
    return this.#open("state", { runtimeId });
  }

  writeRuntimeState(runtimeId: string, state: Readable): Promise<void> {
    return this.#send("restore", { runtimeId }, state);
  }

  async takeRuntime(runtimeId: string, address: string, port: number): Promise<void> {
    await this.#call("takeRuntime", runtimeId, address, port);
  }

  memoryState(runtimeId: string): Promise<MemoryState> {
    return this.#call("memoryState", runtimeId);
  }

  async withdrawRuntime(runtimeId: string): Promise<void> {
    await this.#call("withdrawRuntime", runtimeId);
  }

  async runtimeLog(runtimeId: string, from: number, following: AbortSignal | null): Promise<AsyncIterable<Buffer>> {
    const stream = await this.#open("log", { runtimeId, from, follow: following ? "yes" : "no" });
    stream.end();
    following?.addEventListener("abort", () => stream.destroy(), { once: true });
    return stream;
  }

  runtimeStdin(runtimeId: string): Promise<Duplex> {
    return this.#open("stdin", { runtimeId });
  }

  async dialer(runtimeId: string): Promise<(port: number) => Duplex> {
    const session = await this.#session();
    return (port) => {
      const stream = ask(session, "dial", { runtimeId, port });
      checked(stream).catch(() => stream.destroy());
      return stream;
    };
  }

  async #call<N extends CallName>(
    name: N,
    ...args: z.input<(typeof CALLS)[N]["takes"]>
  ): Promise<z.output<(typeof CALLS)[N]["gives"]>> {
    const stream = (await this.#session()).request({ ":method": "POST", ":path": `/call/${name}` });
    stream.setTimeout(CALL_MS, () => stream.destroy());
    stream.end(JSON.stringify(args));
    await checked(stream);
    const text = await textOf(stream);
    const gives: z.ZodType = CALLS[name].gives;
    return parseJson(gives, text, `the host's answer to ${name}`) as z.output<(typeof CALLS)[N]["gives"]>;
  }

  /** Resolves when the host has taken all of it. */
  async #send<N extends StreamName>(name: N, query: z.input<(typeof STREAMS)[N]>, content: Readable): Promise<void> {
    const stream = await this.#request(name, query);
    const answered = checked(stream);
    answered.catch(() => {});
    await pipeline(content, stream, { end: true }).catch((error: unknown) => {
      throw error instanceof Fault ? error : unreachable();
    });
    await answered;
    stream.resume();
    await finished(stream).catch(() => {});
  }

  async #open<N extends StreamName>(name: N, query: z.input<(typeof STREAMS)[N]>): Promise<ClientHttp2Stream> {
    const stream = await this.#request(name, query);
    await checked(stream);
    return stream;
  }

  async #request<N extends StreamName>(name: N, query: z.input<(typeof STREAMS)[N]>): Promise<ClientHttp2Stream> {
    return ask(await this.#session(), name, query);
  }
}

function ask(session: ClientHttp2Session, name: StreamName, query: object): ClientHttp2Stream {
  const text = Object.entries(query).map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`);
  const stream = session.request({ ":method": "POST", ":path": `/stream/${name}?${text.join("&")}` });
  stream.on("error", () => {});
  return stream;
}

/** Resolves when the host agrees. Throws its Fault, or Fault("unavailable") if the connection is lost. */
function checked(stream: ClientHttp2Stream): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once("error", () => reject(unreachable()));
    stream.once("close", () => reject(unreachable()));
    stream.once("response", ({ ":status": status }) => {
      if (status === 200) return resolve();
      textOf(stream).then(
        (text) => reject(faultIn(text)),
        () => reject(unreachable()),
      );
    });
  });
}

async function textOf(stream: ClientHttp2Stream): Promise<string> {
  let text = "";
  try {
    for await (const chunk of stream.setEncoding("utf8")) text += chunk;
  } catch {
    throw unreachable();
  }
  return text;
}

function faultIn(text: string): Fault {
  const body = FaultBody.safeParse(safeJson(text));
  if (!body.success) return new Fault("unavailable", "the host's answer makes no sense");
  const { code, message, at } = body.data.error;
  return new Fault(code, message, at);
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const unreachable = () => new Fault("unavailable", "the host does not answer");
