/** Asks the platform to search, to replace, and to take that back. */
import {
  Replaced,
  type ReplacedDocument,
  type ReplaceRequest,
  SearchLine,
  type SearchQuery,
  Undone,
} from "../../../../shared/editor/search.ts";
import { request, send } from "../api.ts";

const at = (projectId: string, what: string) => `/api/projects/${projectId}/editor/${what}`;

/** What is found, as it is found. Throws ApiError, or a ZodError if the answer is something else. */
export async function* search(projectId: string, query: SearchQuery, signal: AbortSignal): AsyncGenerator<SearchLine> {
  const { body } = await request(at(projectId, `search?query=${encodeURIComponent(JSON.stringify(query))}`), {
    signal,
  });
  if (!body) return;
  let rest = "";
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const lines = (rest + read.value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield SearchLine.parse(JSON.parse(line));
  }
}

export async function replace(projectId: string, wanted: ReplaceRequest): Promise<Replaced> {
  return Replaced.parse(await (await send("POST", at(projectId, "replace"), wanted)).json());
}

export async function undoReplace(projectId: string, documents: readonly ReplacedDocument[]): Promise<Undone> {
  return Undone.parse(await (await send("POST", at(projectId, "undo-replace"), { documents })).json());
}
