/** Who changes a document: each transaction of its Y.Doc has an origin that says so. */
import type { Actor } from "../../../../shared/daemon/actor.ts";
import type { Author } from "../../../../shared/editor/history.ts";

/** Of a transaction. Without one it is output of a cell: the server writes nothing else of its own. */
export interface Origin {
  readonly by: Author;
  /** Whether whoever made the change has it, too: should it be lost here, they bring it again. */
  readonly isKeptElsewhere?: true;
}

/** Of what was found in the file. */
export const PROGRAM: Origin = { by: { kind: "program" } };

export function byOf(origin: Origin | null): Author {
  return origin?.by ?? { kind: "cell" };
}

export function byPerson({ userId, handle, name }: Actor): Author {
  return { kind: "person", userId, handle, name };
}

export function isSame(a: Author, b: Author): boolean {
  return a.kind === "person" && b.kind === "person" ? a.userId === b.userId : a.kind === b.kind;
}
