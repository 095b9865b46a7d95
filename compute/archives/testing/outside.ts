/** The base server's disk and S3 in memory. They outlive a daemon, which can be made to end at any call to them. For tests. */
import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { Fault } from "../../../shared/daemon/fault.ts";
import type { ArchiveFacts, HostAgent } from "../../agent/host-agent.ts";
import { type ArchiveStore, PART_BYTES } from "../store.ts";

/** Where a daemon ends: at which call to the outside, and whether that was done by then. */
export interface End {
  readonly call: number;
  readonly isDone: boolean;
}

const LONG_AGO_MS = 0;
/** Nobody looks at what they say here. */
const FACTS = {} as ArchiveFacts;

export class Outside {
  /** Archives by runtime. */
  readonly disk = new Map<string, Buffer>();
  readonly objects = new Map<string, Buffer>();
  readonly uploads = new Map<string, { readonly name: string; readonly parts: Map<number, Buffer> }>();
  /** What was asked of it, in order. */
  readonly calls: string[] = [];
  /** Calls that fail. */
  readonly broken = new Set<string>();
  /** Called before each part that is taken. */
  onPart: () => void = () => {};

  /** What one daemon sees of it. After `end` nothing that it asks is answered any more. */
  seenBy(end: End | null): { home: HostAgent; store: ArchiveStore } {
    let call = 0;
    const asked = async <T>(name: string, work: () => T): Promise<T> => {
      const number = call++;
      if (end !== null && (number > end.call || (number === end.call && !end.isDone))) await new Promise(() => {});
      this.calls.push(name);
      if (this.broken.has(name)) throw new Fault("unavailable", `${name} broke`);
      const result = work();
      if (number === end?.call) await new Promise(() => {});
      return result;
    };
    return { home: this.#home(asked), store: this.#store(asked) };
  }

  #home(asked: <T>(name: string, work: () => T) => Promise<T>): HostAgent {
    const archive = (id: string) => {
      const found = this.disk.get(id);
      if (!found) throw new Fault("not_found", "there is no archive of this runtime here");
      return found;
    };
    const home: Partial<HostAgent> = {
      archive: (id) => asked("archive", () => (this.disk.has(id) ? FACTS : null)),
      readArchive: (id) => asked("readArchive", () => streamOf(archive(id))),
      dropArchive: (id) => asked("dropArchive", () => void this.disk.delete(id)),
      writeArchive: async (id, content) => {
        const whole = Buffer.concat(await content.toArray());
        await asked("writeArchive", () => void this.disk.set(id, whole));
      },
    };
    return home as HostAgent;
  }

  #store(asked: <T>(name: string, work: () => T) => Promise<T>): ArchiveStore {
    const begun = (upload: string) => {
      const found = this.uploads.get(upload);
      if (!found) throw new Fault("unavailable", "no such upload");
      return found;
    };
    return {
      begin: (name) =>
        asked("begin", () => {
          const upload = randomUUID();
          this.uploads.set(upload, { name, parts: new Map() });
          return upload;
        }),
      put: (_name, upload, number, content, signal) => {
        this.onPart();
        signal.throwIfAborted();
        return asked("put", () => {
          begun(upload).parts.set(number, Buffer.from(content));
          return { number, etag: `part ${number}` };
        });
      },
      complete: (name, upload, parts) =>
        asked("complete", () => {
          const sent = parts.map(({ number }) => begun(upload).parts.get(number) ?? Buffer.alloc(0));
          if (sent.slice(0, -1).some(({ length }) => length !== PART_BYTES))
            throw new Fault("unavailable", "too small");
          this.objects.set(name, Buffer.concat(sent));
          this.uploads.delete(upload);
        }),
      abort: (_name, upload) => asked("abort", () => void this.uploads.delete(upload)),
      read: (name) =>
        asked("read", () => {
          const found = this.objects.get(name);
          if (!found) throw new Fault("not_found", "the archive is not in S3");
          return streamOf(found);
        }),
      remove: (name) => asked("remove", () => void this.objects.delete(name)),
      list: () =>
        asked("list", () => [
          ...[...this.objects.keys()].map((name) => ({ name, ms: LONG_AGO_MS, upload: null })),
          ...[...this.uploads].map(([upload, { name }]) => ({ name, ms: LONG_AGO_MS, upload })),
        ]),
    };
  }
}

function streamOf(content: Buffer): Readable {
  const chunks = [];
  for (let at = 0; at < content.length; at += 65_536) chunks.push(content.subarray(at, at + 65_536));
  return Readable.from(chunks);
}
