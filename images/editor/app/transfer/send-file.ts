/** Sends one file. Not by fetch: that doesn't tell how far it is. */
import { Placed } from "../../../../shared/editor/files.ts";
import type { IfTaken } from "../../../../shared/editor/transfer.ts";
import { ApiError, refusal } from "../api.ts";
import type { Chosen } from "./chosen.ts";

export interface Sending {
  readonly projectId: string;
  readonly ifTaken: IfTaken;
  readonly signal: AbortSignal;
  /** Told how much of it has left this machine. */
  readonly onBytes: (bytes: number) => void;
}

/** Resolves with its path in the project. Throws ApiError; with status 0 if nothing answers, or the signal was given. */
export async function sendFile(
  { path, file }: Chosen,
  { projectId, ifTaken, signal, onBytes }: Sending,
): Promise<string> {
  const address = `/api/projects/${projectId}/editor/upload?path=${encodeURIComponent(path)}&taken=${ifTaken}`;
  const request = new XMLHttpRequest();
  request.open("PUT", address);
  request.setRequestHeader("content-type", "application/octet-stream");
  request.responseType = "json";
  request.upload.addEventListener("progress", ({ loaded }) => onBytes(loaded));
  const stop = () => request.abort();
  signal.addEventListener("abort", stop);
  await new Promise((resolve) => {
    request.addEventListener("loadend", resolve);
    if (signal.aborted) resolve(null);
    else request.send(file);
  });
  signal.removeEventListener("abort", stop);
  if (request.status === 0) throw await whyNothing(file);
  if (request.status !== 200) throw refusal(request.status, request.response);
  return Placed.parse(request.response).path;
}

/** A file that was changed or taken away since it was chosen breaks off, too. */
function whyNothing(file: File): Promise<ApiError> {
  return file
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => new ApiError(0, "The platform does not answer."),
      () => new ApiError(400, "it can't be read any more"),
    );
}
