/** What becomes of a thread when somebody asks for a change of it, and whether they may. */
import type { Actor } from "../../../../shared/daemon/actor.ts";
import { Fault } from "../../../../shared/daemon/fault.ts";
import type { Anchor } from "../../../../shared/editor/anchor.ts";
import type { Comment, CommentRequest, Thread } from "../../../../shared/editor/comments.ts";
import { may } from "../../../../shared/roles.ts";

export interface Asked {
  readonly request: CommentRequest;
  readonly actor: Actor;
  /** ISO time. */
  readonly at: string;
}

/**
 * The threads after the change; the same array if nothing is to be changed, because it was before.
 * @param quoteOf the words of a passage; null if there is none
 * Throws Fault("invalid" | "not_found" | "forbidden").
 */
export function changed(
  threads: readonly Thread[],
  asked: Asked,
  quoteOf: (anchor: Anchor) => string | null,
): readonly Thread[] {
  const { request } = asked;
  if (request.do !== "begin") {
    const before = threads.find(({ id }) => id === request.thread);
    if (!before) throw new Fault("not_found", "there is no such comment any more");
    const after = changedThread(before, request, asked);
    return after === before ? threads : threads.flatMap((thread) => (thread !== before ? thread : (after ?? [])));
  }
  if (threads.some(({ id }) => id === request.comment)) return threads;
  const quote = quoteOf(request.anchor);
  if (quote === null) throw new Fault("invalid", "the passage is not in the document any more");
  const { anchor } = request;
  return [...threads, { id: request.comment, anchor, quote, resolved: null, comments: [newComment(request, asked)] }];
}

/** Null if nothing is left of it. */
function changedThread(thread: Thread, request: Exclude<CommentRequest, { do: "begin" }>, asked: Asked): Thread | null {
  const { comments } = thread;
  switch (request.do) {
    case "reply":
      if (comments.some(({ id }) => id === request.comment)) return thread;
      return { ...thread, comments: [...comments, newComment(request, asked)] };
    case "edit": {
      const before = commentOf(thread, request.comment);
      if (before.author.userId !== asked.actor.userId)
        throw new Fault("forbidden", "a comment is edited by its author alone");
      const after = { ...before, text: request.text, edited: asked.at };
      return { ...thread, comments: comments.map((comment) => (comment === before ? after : comment)) };
    }
    case "delete": {
      const gone = commentOf(thread, request.comment);
      if (gone.author.userId !== asked.actor.userId && !may(asked.actor.role, "moderate"))
        throw new Fault("forbidden", "a comment is deleted by its author, or by somebody who looks after the project");
      const left = comments.filter((comment) => comment !== gone);
      return left.length === 0 ? null : { ...thread, comments: left };
    }
    case "resolve":
      return thread.resolved ? thread : { ...thread, resolved: { by: personOf(asked.actor), at: asked.at } };
    case "reopen":
      return thread.resolved ? { ...thread, resolved: null } : thread;
  }
}

function commentOf({ comments }: Thread, id: string): Comment {
  const comment = comments.find((each) => each.id === id);
  if (!comment) throw new Fault("not_found", "there is no such comment any more");
  return comment;
}

function newComment({ comment, text }: { comment: string; text: string }, { actor, at }: Asked): Comment {
  return { id: comment, author: personOf(actor), at, edited: null, text };
}

function personOf({ userId, handle, name }: Actor): Comment["author"] {
  return { userId, handle, name };
}
