/** What the editor and its worker say to each other. */
import type { Segment } from "./segment.ts";

/** What links and images of a document resolve in. */
export interface Surroundings {
  readonly projectId: string;
  readonly owner: string;
  readonly slug: string;
  /** Of the document, from the project's root. */
  readonly path: string;
  /** All files of the project. */
  readonly paths: readonly string[];
}

export type ToWorker =
  | { readonly kind: "open"; readonly text: readonly string[]; readonly surroundings: Surroundings }
  /** `changes` is a ChangeSet in JSON. */
  | { readonly kind: "change"; readonly changes: unknown }
  | { readonly kind: "surroundings"; readonly surroundings: Surroundings };

export interface FromWorker {
  /** Of how many changes it knew. */
  readonly version: number;
  /** All segments in this stretch are replaced by these; offsets are those of the version. */
  readonly from: number;
  readonly to: number;
  readonly segments: readonly Segment[];
}
