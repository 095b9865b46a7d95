/** Hocuspocus and y-websocket with persistence, in the versions that peers/package.json pins. */
import { mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "../../../infra/local/testing/free-port.ts";
import { eventually } from "../../platform/platform.ts";
import { Client } from "./client.ts";
import type { Contender, Door } from "./contender.ts";
import { hocuspocus, Y_WEBSOCKET } from "./dialects.ts";
import { ServerProcess } from "./server-process.ts";

const START_MS = 30_000;
/** LevelDB is done when it has written nothing for so long. */
const REST_MS = 1_000;

abstract class Peer implements Contender {
  abstract readonly name: string;
  protected readonly folder: string;
  /** Where npm installed them. */
  protected readonly packages: string;
  protected port = 0;
  #process: ServerProcess | null = null;

  constructor(folder: string, packages: string) {
    this.folder = folder;
    this.packages = packages;
  }

  protected abstract launch(): ServerProcess;
  abstract door(document: string): Door;

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  async start(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    this.port = await freePort();
    this.#process = this.launch();
    await eventually(`${this.name} answers`, START_MS, async () => (await fetch(`http://127.0.0.1:${this.port}`)).ok);
  }

  async stop(): Promise<void> {
    await this.#process?.end("SIGTERM");
  }

  async kill(): Promise<void> {
    await this.#process?.end("SIGKILL");
  }

  async create(document: string, text: string): Promise<void> {
    const author = await Client.open(this.door(document));
    author.type(text);
    let length = 0;
    await eventually("the document is there", START_MS, async () => {
      const onState = (update: Uint8Array) => {
        length = update.length;
      };
      const reader = await Client.open(this.door(document), { onState });
      await reader.close();
      return length >= text.length;
    });
    await author.close();
  }
}

export class Hocuspocus extends Peer {
  readonly name = "hocuspocus";

  protected launch(): ServerProcess {
    const program = join(this.packages, "hocuspocus.mjs");
    return new ServerProcess([program, String(this.port), join(this.folder, "documents.sqlite")]);
  }

  door(document: string): Door {
    return { url: `ws://127.0.0.1:${this.port}`, headers: {}, dialect: hocuspocus(document) };
  }
}

export class YWebsocket extends Peer {
  readonly name = "yWebsocket";

  /** Its end forgets what has not come to LevelDB's turn yet: of 100,000 edits, four of five. So that is waited for. */
  override async stop(): Promise<void> {
    for (let last = -1, now = await this.#stored(); now !== last; ) {
      await wait(REST_MS);
      [last, now] = [now, await this.#stored()];
    }
    await super.stop();
  }

  protected launch(): ServerProcess {
    const program = join(this.packages, "node_modules", "@y", "websocket-server", "src", "server.js");
    const env = { HOST: "127.0.0.1", PORT: String(this.port), YPERSISTENCE: this.#store };
    return new ServerProcess([program], env);
  }

  door(document: string): Door {
    return { url: `ws://127.0.0.1:${this.port}/${document}`, headers: {}, dialect: Y_WEBSOCKET };
  }

  get #store(): string {
    return join(this.folder, "leveldb");
  }

  /** When LevelDB last wrote, in milliseconds. */
  async #stored(): Promise<number> {
    const names = await readdir(this.#store);
    const times = await Promise.all(
      names.map((name) =>
        stat(join(this.#store, name)).then(
          (file) => file.mtimeMs,
          () => 0,
        ),
      ),
    );
    return Math.max(...times);
  }
}
