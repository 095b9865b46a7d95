/**
 * Comments on passages of a document. They stand beside it, not in its file: the editor server keeps them, changes them for
 * people who ask (POST /comments), and tells everybody who has the document open (MESSAGE.comments).
 */
import * as z from "zod";
import { Actor } from "../daemon/actor.ts";
import { Anchor } from "./anchor.ts";

/** Of one comment. */
export const MAX_COMMENT_CHARS = 5_000;
/** Of the words that a thread remembers of its passage. */
export const MAX_QUOTE_CHARS = 300;
/** Of all threads of a document, as they are kept. */
export const MAX_COMMENTS_BYTES = 1024 * 1024;

const Person = Actor.omit({ role: true });

export const Comment = z.object({
  id: z.uuid(),
  /** As the server knows them. */
  author: Person,
  at: z.iso.datetime(),
  edited: z.iso.datetime().nullable(),
  text: z.string(),
});
export type Comment = z.infer<typeof Comment>;

export const Thread = z.object({
  /** That of the comment that began it. */
  id: z.uuid(),
  anchor: Anchor,
  /** The words that it was begun on: they are known when they stand in the document no more. */
  quote: z.string(),
  resolved: z.object({ by: Person, at: z.iso.datetime() }).nullable(),
  /** Oldest first. A thread whose comments are all deleted is gone. */
  comments: z.array(Comment).min(1),
});
export type Thread = z.infer<typeof Thread>;

const path = z.string();
const text = z.string().trim().min(1, "a comment says something").max(MAX_COMMENT_CHARS);
const thread = z.uuid();
/** Of a new one it is made by the browser: sent twice, it is one comment. */
const comment = z.uuid();

/** POST /comments */
export const CommentRequest = z.discriminatedUnion("do", [
  z.object({ do: z.literal("begin"), path, comment, anchor: Anchor, text }),
  z.object({ do: z.literal("reply"), path, thread, comment, text }),
  z.object({ do: z.literal("edit"), path, thread, comment, text }),
  z.object({ do: z.literal("delete"), path, thread, comment }),
  z.object({ do: z.literal("resolve"), path, thread }),
  z.object({ do: z.literal("reopen"), path, thread }),
]);
export type CommentRequest = z.infer<typeof CommentRequest>;

/** What is said of a document's comments over its socket: all of them first, then each thread that has changed. */
export const CommentNews = z.discriminatedUnion("type", [
  z.object({ type: z.literal("all"), threads: z.array(Thread) }),
  z.object({ type: z.literal("changed"), thread: Thread }),
  z.object({ type: z.literal("gone"), thread }),
]);
export type CommentNews = z.infer<typeof CommentNews>;

export function withNews(threads: readonly Thread[], news: CommentNews): readonly Thread[] {
  if (news.type === "all") return news.threads;
  if (news.type === "gone") return threads.filter(({ id }) => id !== news.thread);
  const isNew = !threads.some(({ id }) => id === news.thread.id);
  return isNew ? [...threads, news.thread] : threads.map((each) => (each.id === news.thread.id ? news.thread : each));
}
