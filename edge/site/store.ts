/** Published sites in S3, read only. The manifest is looked at again every second; objects never change. */
import { AwsClient } from "aws4fetch";
import { Fault } from "../../shared/daemon/fault.ts";
import type { Site } from "../../shared/fsml/site.ts";
import { Domain, domainKey, Manifest, manifestKey, objectKey } from "../../shared/site/manifest.ts";
import { siteOf } from "../../shared/site/site-of.ts";
import type { Settings } from "../environment.ts";

/** For how long a manifest is taken as current without asking (ms). A save is live within it and one round trip. */
const FRESH_MS = 1_000;
/** Sites that an isolate keeps laid out. */
const KEPT = 200;

export interface PublishedSite {
  readonly manifest: Manifest;
  readonly site: Site;
  /** Names this state of the site: a site that was withdrawn and came back counts from 1 again, so its time is part of it. */
  readonly version: string;
}

interface Kept {
  readonly published: PublishedSite | null;
  readonly etag: string | null;
  readonly askedMs: number;
}

const kept = new Map<string, Kept>();

/** For how long it is known whether a host name shows a site (ms). */
const DOMAIN_FRESH_MS = 30_000;
/** Host names that an isolate remembers. */
const KEPT_DOMAINS = 1_000;

const domains = new Map<string, { readonly domain: Domain | null; readonly askedMs: number }>();

export class SiteStore {
  readonly #settings: Settings;
  readonly #client: AwsClient;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#client = new AwsClient({
      accessKeyId: settings.S3_ACCESS_KEY_ID,
      secretAccessKey: settings.S3_SECRET_ACCESS_KEY,
      region: settings.S3_REGION,
      service: "s3",
      retries: 2,
    });
  }

  /** The live site, or null if nothing is published there. Throws Fault("unavailable") if S3 can't be reached and nothing is kept. */
  async open(user: string, name: string): Promise<PublishedSite | null> {
    const key = manifestKey(user, name);
    const known = kept.get(key);
    if (known && Date.now() - known.askedMs < FRESH_MS) return known.published;
    const response = await this.#get(key, known?.etag ? { "if-none-match": known.etag } : {}).catch(() => null);
    if (response?.status === 304 && known) return this.#keep(key, { ...known, askedMs: Date.now() });
    if (response?.status === 404) return this.#keep(key, { published: null, etag: null, askedMs: Date.now() });
    if (!response?.ok) {
      // An old page is better than none.
      if (known) return known.published;
      throw new Fault("unavailable", "the site can't be read right now; try again in a moment");
    }
    const manifest = Manifest.parse(await response.json());
    const site = siteOf(manifest);
    const version = `${manifest.projectId}-${manifest.version}-${Date.parse(manifest.publishedAt)}`;
    const published = { manifest, site, version };
    return this.#keep(key, { published, etag: response.headers.get("etag"), askedMs: Date.now() });
  }

  /** The site that the host name was given to, or null. Throws Fault("unavailable") if that can't be found out. */
  async domain(host: string): Promise<Domain | null> {
    const known = domains.get(host);
    if (known && Date.now() - known.askedMs < DOMAIN_FRESH_MS) return known.domain;
    const response = await this.#get(domainKey(host), {}).catch(() => null);
    if (!response?.ok && response?.status !== 404) {
      if (known) return known.domain;
      throw new Fault("unavailable", "the site can't be read right now; try again in a moment");
    }
    const domain = response.ok ? Domain.parse(await response.json()) : null;
    remember(domains, host, { domain, askedMs: Date.now() }, KEPT_DOMAINS);
    return domain;
  }

  /**
   * The content of a file by its hash. Throws Fault("unavailable").
   * @param range of its bytes, as a Range header has it
   */
  async object(user: string, name: string, sha256: string, range?: string): Promise<Response> {
    const response = await this.#get(objectKey(user, name, sha256), range ? { range } : {}).catch(() => null);
    if (!response?.ok) throw new Fault("unavailable", "the file can't be read right now; try again in a moment");
    return response;
  }

  #get(key: string, headers: Record<string, string>): Promise<Response> {
    const path = key.split("/").map(encodeURIComponent).join("/");
    return this.#client.fetch(`${this.#settings.S3_ENDPOINT}/${this.#settings.S3_BUCKET}/${path}`, { headers });
  }

  #keep(key: string, entry: Kept): PublishedSite | null {
    remember(kept, key, entry, KEPT);
    return entry.published;
  }
}

/** Of `most` that were asked for last. */
function remember<T>(all: Map<string, T>, key: string, value: T, most: number): void {
  all.delete(key);
  all.set(key, value);
  const [oldest] = all.keys();
  if (all.size > most && oldest !== undefined) all.delete(oldest);
}
