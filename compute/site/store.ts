/** Published sites in S3: immutable objects by content, and one manifest that is swapped by a conditional put. */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { Domain, domainKey, Manifest, manifestKey, objectKey } from "../../shared/site/manifest.ts";

export interface StoredManifest {
  readonly manifest: Manifest;
  /** Names the stored version; a put that gives it succeeds only while it is the current one. */
  readonly etag: string;
}

export class SiteStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async putObject(user: string, name: string, sha256: string, content: Uint8Array): Promise<void> {
    await this.#client.send(
      new PutObjectCommand({
        Bucket: this.#bucket,
        Key: objectKey(user, name, sha256),
        Body: content,
        ContentLength: content.length,
      }),
    );
  }

  /** The content of an object, or null if there is none. */
  async object(user: string, name: string, sha256: string): Promise<Buffer | null> {
    const found = await this.#get(objectKey(user, name, sha256));
    return found && Buffer.from((await found.Body?.transformToByteArray()) ?? []);
  }

  /** The live manifest, or null if nothing is published there. */
  async manifest(user: string, name: string): Promise<StoredManifest | null> {
    const found = await this.#read(manifestKey(user, name));
    return found && { manifest: Manifest.parse(found.json), etag: found.etag };
  }

  /** Swaps the manifest if `previous` is still the live one (null: if there is none). False if it is not. */
  putManifest(manifest: Manifest, previous: StoredManifest | null): Promise<boolean> {
    return this.#swap(manifestKey(manifest.user, manifest.name), manifest, previous?.etag ?? null);
  }

  /** Whose site is shown at the host, or null. */
  async domain(host: string): Promise<{ readonly domain: Domain; readonly etag: string } | null> {
    const found = await this.#read(domainKey(host));
    return found && { domain: Domain.parse(found.json), etag: found.etag };
  }

  /** Gives the host to a site if `etag` still names what is known of it (null: nothing). False if it does not. */
  putDomain(host: string, domain: Domain, etag: string | null): Promise<boolean> {
    return this.#swap(domainKey(host), domain, etag);
  }

  removeDomain(host: string): Promise<void> {
    return this.#remove(domainKey(host));
  }

  removeManifest(user: string, name: string): Promise<void> {
    return this.#remove(manifestKey(user, name));
  }

  async #remove(key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }));
  }

  async #read(key: string): Promise<{ json: unknown; etag: string } | null> {
    const found = await this.#get(key);
    return found && { json: JSON.parse((await found.Body?.transformToString()) ?? ""), etag: found.ETag ?? "" };
  }

  /** Null if there is no such object. */
  async #get(key: string): Promise<GetObjectCommandOutput | null> {
    try {
      return await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
    } catch (error) {
      if (isStatus(error, 404)) return null;
      throw error;
    }
  }

  async #swap(key: string, json: object, etag: string | null): Promise<boolean> {
    try {
      await this.#client.send(
        new PutObjectCommand({
          Bucket: this.#bucket,
          Key: key,
          Body: Buffer.from(JSON.stringify(json)),
          ContentType: "application/json",
          ...(etag === null ? { IfNoneMatch: "*" } : { IfMatch: etag }),
        }),
      );
      return true;
    } catch (error) {
      if (isStatus(error, 412) || isStatus(error, 409)) return false;
      throw error;
    }
  }
}

function isStatus(error: unknown, status: number): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === status;
}
