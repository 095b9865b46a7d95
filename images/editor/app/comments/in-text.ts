/** What is seen of comments in the text: their passages, and a way to begin one. Loaded once the text is there. */
import type { Extension } from "@codemirror/state";
import type { Passage } from "../../../../shared/editor/anchor.ts";
import type { OpenDocument } from "../open-document.ts";
import { commentMarks } from "./marks.ts";
import { offerComment } from "./offer.ts";

/** @param begin null for people who may not comment */
export function commentsInText(discussed: OpenDocument, begin: ((passage: Passage) => void) | null): Extension {
  return [commentMarks(discussed), begin ? offerComment(begin) : []];
}
