/** Editor containers: one for each owner whose projects are open or have cells running, kept up until the platform stops. */
import { mkdir, rm } from "node:fs/promises";
import { request, type Server } from "node:http";
import { join } from "node:path";
import * as z from "zod";
import { Fault } from "../../shared/daemon/fault.ts";
import type { Agent } from "../agent/agent.ts";
import type { Journal } from "../journal/journal.ts";
import type { Operations } from "../journal/operations.ts";
import type { Folders } from "../projects/folders.ts";

const ANSWER_MS = 15_000;
const PROBE_MS = 25;

const Input = z.object({ ownerId: z.uuid() });

export class Editors {
  readonly #journal: Journal;
  readonly #agent: Agent;
  readonly #folders: Folders;
  readonly #run: string;
  readonly #serveOwner: (ownerId: string) => Server;
  readonly #servers = new Map<string, Server>();
  readonly #starting = new Map<string, Promise<void>>();
  readonly #start: (input: z.infer<typeof Input>) => Promise<void>;

  /**
   * @param run folder for sockets
   * @param serveOwner makes the listener for what an owner's editor server asks of the daemon
   */
  constructor(
    journal: Journal,
    operations: Operations,
    agent: Agent,
    folders: Folders,
    run: string,
    serveOwner: (ownerId: string) => Server,
  ) {
    this.#journal = journal;
    this.#agent = agent;
    this.#folders = folders;
    this.#run = run;
    this.#serveOwner = serveOwner;
    this.#start = operations.define({
      kind: "editor-start",
      input: Input,
      data: z.object({}),
      subject: ({ ownerId }) => `editor:${ownerId}`,
      steps: [
        {
          name: "start the container",
          act: async ({ ownerId }) => {
            await this.#startContainer(ownerId);
            return undefined;
          },
        },
      ],
    });
  }

  /** Path of the socket that the owner's editor server answers on. It is started first if need be. */
  async socketOf(ownerId: string): Promise<string> {
    const socket = this.#editorSocket(ownerId);
    if (!(await answers(socket))) await this.ensure(ownerId);
    return socket;
  }

  /** Starts the owner's editor container and keeps it wanted. Resolves when it answers; throws Fault("unavailable"). */
  async ensure(ownerId: string): Promise<void> {
    this.#journal.run(
      "insert into editors (owner_id, wanted) values (?, 1) on conflict do update set wanted = 1",
      ownerId,
    );
    let starting = this.#starting.get(ownerId);
    if (!starting) {
      starting = this.#start({ ownerId }).finally(() => this.#starting.delete(ownerId));
      this.#starting.set(ownerId, starting);
    }
    await starting;
  }

  wanted(): string[] {
    return this.#journal.rows("select owner_id from editors where wanted = 1").map((row) => String(row.owner_id));
  }

  isStarting(ownerId: string): boolean {
    return this.#starting.has(ownerId);
  }

  /** Listens on the owner's socket, so that an editor container that outlived the daemon finds it again. */
  async listen(ownerId: string): Promise<void> {
    if (this.#servers.has(ownerId)) return;
    const folder = this.#socketFolder(ownerId);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const socket = join(folder, "daemon.sock");
    await rm(socket, { force: true });
    const server = this.#serveOwner(ownerId);
    this.#servers.set(ownerId, server);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(socket, resolve);
    });
  }

  close(): void {
    for (const server of this.#servers.values()) server.closeAllConnections();
    for (const server of this.#servers.values()) server.close();
  }

  async #startContainer(ownerId: string): Promise<void> {
    await this.listen(ownerId);
    const userFolder = this.#folders.user(ownerId);
    await mkdir(join(userFolder, "editor"), { recursive: true, mode: 0o700 });
    await mkdir(join(userFolder, "projects"), { recursive: true });
    await rm(this.#editorSocket(ownerId), { force: true });
    await this.#agent.startEditor({ ownerId, userFolder, socketFolder: this.#socketFolder(ownerId) });
    const deadline = Date.now() + ANSWER_MS;
    while (!(await answers(this.#editorSocket(ownerId)))) {
      if (Date.now() > deadline) throw new Fault("unavailable", "the editor server did not start in time");
      await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
    }
  }

  #socketFolder(ownerId: string): string {
    return join(this.#run, "editors", ownerId);
  }

  #editorSocket(ownerId: string): string {
    return join(this.#socketFolder(ownerId), "editor.sock");
  }
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = request({ socketPath, path: "/health", timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    probe.on("error", () => resolve(false));
    probe.on("timeout", () => probe.destroy());
    probe.end();
  });
}
