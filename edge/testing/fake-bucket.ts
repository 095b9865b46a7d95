/** S3 for tests: a map of keys, read with ETags. It refuses what is not signed, and can be counted and broken. */
import { createHash } from "node:crypto";
import { type Manifest, manifestKey, objectKey } from "../../shared/site/manifest.ts";
import { type Loopback, listen } from "./loopback.ts";

export const BUCKET = "sites";

export class FakeBucket {
  readonly objects = new Map<string, string | Uint8Array<ArrayBuffer>>();
  /** Keys in the order in which they were asked for. */
  readonly asked: string[] = [];
  #loopback: Loopback | null = null;

  async start(): Promise<string> {
    this.#loopback = await listen(({ target, headers }) => {
      if (!headers.authorization?.startsWith("AWS4-HMAC-SHA256 ")) return new Response(null, { status: 403 });
      const key = decodeURIComponent(target.slice(`/${BUCKET}/`.length));
      this.asked.push(key);
      const content = this.objects.get(key);
      if (content === undefined) return new Response(null, { status: 404 });
      const etag = `"${hash(content)}"`;
      if (headers["if-none-match"] === etag) return new Response(null, { status: 304, headers: { etag } });
      const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "") ?? [];
      const bytes = Buffer.from(content);
      const isPart = first !== undefined && last !== undefined;
      const body = isPart ? bytes.subarray(Number(first), Number(last) + 1) : bytes;
      return new Response(body, {
        status: isPart ? 206 : 200,
        headers: { etag, "content-length": String(body.length) },
      });
    });
    return this.#loopback.origin;
  }

  /** Publishes a site as the daemon does. `assets` are shown by its pages. */
  publish(
    site: Pick<Manifest, "projectId" | "user" | "name" | "version" | "visibility" | "publishedAt">,
    pages: Record<string, string>,
    assets: Record<string, string> = {},
    changes: Partial<Manifest> = {},
  ): void {
    const store = (content: string) => {
      const sha256 = hash(content);
      this.objects.set(objectKey(site.user, site.name, sha256), content);
      return { sha256, bytes: Buffer.byteLength(content) };
    };
    const each = <T>(files: Record<string, string>, make: (content: string) => T) =>
      Object.fromEntries(Object.entries(files).map(([path, content]) => [path, make(content)]));
    const manifest: Manifest = {
      ...site,
      format: 1,
      title: "Thesis",
      domain: null,
      navOrder: [],
      pages: each(pages, (content) => ({ ...store(content), title: null, changed: 0 })),
      assets: each(assets, store),
      redirects: {},
      search: [],
      ...changes,
    };
    this.objects.set(manifestKey(site.user, site.name), JSON.stringify(manifest));
  }

  async stop(): Promise<void> {
    await this.#loopback?.close();
  }
}

function hash(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
