/** Data of an event as clients of MRP know it: what the runtime said, and what only the daemon can add. */
import { plainText } from "../../shared/mrp/mime.ts";
import type { ExecutionEvent } from "../../shared/mrp/mrp.ts";

export function dataForClient(executionId: string, { event, data }: ExecutionEvent): object {
  switch (event) {
    case "start":
      return { ...data, execId: executionId };
    case "stdin_request":
      return { ...data, exec_id: executionId, execId: executionId };
    case "asset":
      return { ...data, mimeType: data.mime, assetType: assetType(data.mime), url: assetUrl(data.path) };
    case "result":
      return { ...data, result: plainText(data.data) };
    default:
      return data;
  }
}

/** Relative to the address that MRP has for this client. */
function assetUrl(path: string): string {
  return `/mrp/v1/assets/${path.split("/").map(encodeURIComponent).join("/")}`;
}

function assetType(mime: string): "image" | "html" | "svg" | "data" | "file" {
  if (mime === "image/svg+xml") return "svg";
  if (mime.startsWith("image/")) return "image";
  if (mime === "text/html") return "html";
  return mime === "application/json" || mime === "text/csv" ? "data" : "file";
}
