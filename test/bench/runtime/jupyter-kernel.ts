/** One kernel of a Jupyter server, over the WebSocket that the server has for it (its JSON protocol). */
import { randomUUID } from "node:crypto";
import { WebSocket } from "ws";
import * as z from "zod";
import { parseJson } from "../../../shared/daemon/fault.ts";

const Message = z.object({
  header: z.object({ msg_type: z.string() }),
  parent_header: z.object({ msg_id: z.string().optional() }),
  content: z.looseObject({
    text: z.string().optional(),
    data: z.record(z.string(), z.unknown()).default({}),
    execution_state: z.string().optional(),
    traceback: z.array(z.string()).default([]),
    matches: z.array(z.string()).default([]),
    found: z.boolean().default(false),
  }),
});
export type Message = z.infer<typeof Message>;

export class JupyterKernel {
  readonly id: string;
  readonly #socket: WebSocket;
  readonly #session = randomUUID();
  /** Who listens for answers, by the id of their request. */
  readonly #listeners = new Map<string, (message: Message) => void>();

  private constructor(id: string, socket: WebSocket) {
    this.id = id;
    this.#socket = socket;
    socket.on("message", (data) => {
      const message = parseJson(Message, data.toString(), "a message of Jupyter's");
      this.#listeners.get(message.parent_header.msg_id ?? "")?.(message);
    });
  }

  /** @param address of the kernel's channels */
  static connect(id: string, address: string, headers: Record<string, string>): Promise<JupyterKernel> {
    const socket = new WebSocket(address, { headers, maxPayload: 0 });
    return new Promise((resolve, reject) => {
      socket.once("error", reject);
      socket.once("open", () => resolve(new JupyterKernel(id, socket)));
    });
  }

  close(): void {
    this.#socket.close();
  }

  /** Runs a cell; resolves when it has been replied to and the kernel has said its last word about it. */
  async execute(code: string, hear: (message: Message) => void): Promise<void> {
    const request = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
    await this.#request("execute_request", request, hear, { untilIdle: true });
  }

  /** The content of the reply. */
  async ask(type: "complete_request" | "inspect_request", content: object): Promise<Message["content"]> {
    return (await this.#request(type, content, () => {}, { untilIdle: false })).content;
  }

  #request(
    type: string,
    content: object,
    hear: (message: Message) => void,
    { untilIdle }: { untilIdle: boolean },
  ): Promise<Message> {
    const id = randomUUID();
    const header = { msg_id: id, msg_type: type, session: this.#session, username: "bench", version: "5.4", date: "" };
    return new Promise((resolve) => {
      let reply: Message | null = null;
      let idle = !untilIdle;
      this.#listeners.set(id, (message) => {
        hear(message);
        if (message.header.msg_type.endsWith("_reply")) reply = message;
        if (message.content.execution_state === "idle") idle = true;
        if (reply && idle) {
          this.#listeners.delete(id);
          resolve(reply);
        }
      });
      const message = { header, parent_header: {}, metadata: {}, content, channel: "shell", buffers: [] };
      this.#socket.send(JSON.stringify(message));
    });
  }
}
