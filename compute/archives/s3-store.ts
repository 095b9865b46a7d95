/** Archives in S3, below a prefix that only this installation writes to. Site objects may lie in the same bucket. */

import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type S3Client,
  S3ServiceException,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { Fault } from "../../shared/daemon/fault.ts";
import type { ArchiveStore, Part } from "./store.ts";

type Listed = Awaited<ReturnType<ArchiveStore["list"]>>[number];

export class S3ArchiveStore implements ArchiveStore {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  /** @param installation sets it apart from others that use the same bucket */
  constructor(client: S3Client, bucket: string, installation: string) {
    this.#client = client;
    this.#bucket = bucket;
    this.#prefix = `archives/${installation}/`;
  }

  async begin(name: string): Promise<string> {
    const { UploadId } = await asked(
      this.#client.send(
        new CreateMultipartUploadCommand({ ...this.#at(name), ContentType: "application/octet-stream" }),
      ),
    );
    if (!UploadId) throw new Fault("unavailable", "S3 has not begun the upload");
    return UploadId;
  }

  async put(name: string, upload: string, number: number, content: Buffer, signal: AbortSignal): Promise<Part> {
    const command = new UploadPartCommand({
      ...this.#at(name),
      UploadId: upload,
      PartNumber: number,
      Body: content,
      ContentLength: content.length,
    });
    const { ETag } = await asked(this.#client.send(command, { abortSignal: signal }));
    if (!ETag) throw new Fault("unavailable", "S3 has not taken a part of the archive");
    return { number, etag: ETag };
  }

  async complete(name: string, upload: string, parts: readonly Part[]): Promise<void> {
    const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag }));
    await asked(
      this.#client.send(
        new CompleteMultipartUploadCommand({ ...this.#at(name), UploadId: upload, MultipartUpload: { Parts } }),
      ),
    );
  }

  async abort(name: string, upload: string): Promise<void> {
    try {
      await this.#client.send(new AbortMultipartUploadCommand({ ...this.#at(name), UploadId: upload }));
    } catch (error) {
      if (!isStatus(error, 404)) throw unavailable(error);
    }
  }

  async read(name: string): Promise<Readable> {
    try {
      const { Body } = await this.#client.send(new GetObjectCommand(this.#at(name)));
      if (Body instanceof Readable) return Body;
      throw new Error("it has no content");
    } catch (error) {
      if (isStatus(error, 404)) throw new Fault("not_found", "the archive is not in S3");
      throw unavailable(error);
    }
  }

  async remove(name: string): Promise<void> {
    await asked(this.#client.send(new DeleteObjectCommand(this.#at(name))));
  }

  async list(): Promise<Listed[]> {
    return [...(await asked(this.#objects())), ...(await asked(this.#uploads()))];
  }

  async #objects(): Promise<Listed[]> {
    const listed: Listed[] = [];
    for (let token: string | undefined, more = true; more; more = token !== undefined) {
      const page = await this.#client.send(
        new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: this.#prefix, ContinuationToken: token }),
      );
      for (const { Key, LastModified } of page.Contents ?? []) listed.push(...this.#listed(Key, LastModified, null));
      token = page.NextContinuationToken;
    }
    return listed;
  }

  async #uploads(): Promise<Listed[]> {
    const listed: Listed[] = [];
    try {
      const page = await this.#client.send(
        new ListMultipartUploadsCommand({ Bucket: this.#bucket, Prefix: this.#prefix }),
      );
      for (const { Key, Initiated, UploadId } of page.Uploads ?? [])
        if (UploadId) listed.push(...this.#listed(Key, Initiated, UploadId));
    } catch (error) {
      // Not every store can say that. Uploads that the journal knows are given up without it.
      if (!isStatus(error, 501)) throw error;
    }
    return listed;
  }

  #at(name: string) {
    return { Bucket: this.#bucket, Key: this.#prefix + name };
  }

  #listed(key: string | undefined, at: Date | undefined, upload: string | null): Listed[] {
    return key && at ? [{ name: key.slice(this.#prefix.length), ms: at.getTime(), upload }] : [];
  }
}

async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw unavailable(error);
  }
}

const unavailable = (error: unknown) =>
  new Fault("unavailable", `S3 does not keep archives now: ${error instanceof Error ? error.message : error}`);

function isStatus(error: unknown, status: number): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === status;
}
