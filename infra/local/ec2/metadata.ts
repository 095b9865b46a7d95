/** The instance metadata service, version 2: a machine asks about itself, and is known by the address that it asks from. */
import { randomBytes } from "node:crypto";
import type { Instance } from "./instances.ts";

const TOKEN_SECONDS = { least: 1, most: 21_600 };

export interface MetadataAnswer {
  readonly status: number;
  readonly text: string;
}

export class Metadata {
  /** When each token ends, and whose it is. */
  readonly #tokens = new Map<string, { readonly address: string; readonly endsMs: number }>();

  /** @param header looks up a header by its name in small letters */
  answer(
    instance: Instance | undefined,
    method: string,
    path: string,
    header: (name: string) => string | undefined,
  ): MetadataAnswer {
    if (!instance) return { status: 403, text: "" };
    if (method === "PUT" && path === "/latest/api/token") {
      const seconds = Number(header("x-aws-ec2-metadata-token-ttl-seconds"));
      if (!(seconds >= TOKEN_SECONDS.least && seconds <= TOKEN_SECONDS.most)) return { status: 400, text: "" };
      const token = randomBytes(32).toString("base64url");
      this.#tokens.set(token, { address: instance.address, endsMs: Date.now() + seconds * 1000 });
      return { status: 200, text: token };
    }
    const token = this.#tokens.get(header("x-aws-ec2-metadata-token") ?? "");
    if (!token || token.address !== instance.address || token.endsMs < Date.now()) return { status: 401, text: "" };
    if (method !== "GET") return { status: 405, text: "" };
    const text = metadataAt(instance, path);
    return text === null ? { status: 404, text: "" } : { status: 200, text };
  }
}

function metadataAt(instance: Instance, path: string): string | null {
  switch (path) {
    case "/latest/user-data":
      return instance.userData === "" ? null : Buffer.from(instance.userData, "base64").toString();
    case "/latest/meta-data/instance-id":
      return instance.id;
    case "/latest/meta-data/instance-type":
      return instance.type;
    case "/latest/meta-data/local-ipv4":
      return instance.address;
    case "/latest/meta-data/placement/availability-zone":
      return instance.zone;
    case "/latest/meta-data/spot/instance-action": {
      if (instance.takenMs === null) return null;
      const time = `${new Date(instance.takenMs).toISOString().slice(0, 19)}Z`;
      return JSON.stringify({ action: "terminate", time });
    }
    default:
      return null;
  }
}
