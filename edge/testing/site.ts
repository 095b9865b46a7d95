/** A public site that was published once, as FakeBucket takes it. */
import { randomUUID } from "node:crypto";
import type { FakeBucket } from "./fake-bucket.ts";

type PublishedSite = Parameters<FakeBucket["publish"]>[0];

export function publishedSite(name: string, changes: Partial<PublishedSite> = {}): PublishedSite {
  return {
    projectId: randomUUID(),
    user: "demo",
    name,
    version: 1,
    visibility: "public",
    publishedAt: "2026-11-23T10:00:00.000Z",
    ...changes,
  };
}
