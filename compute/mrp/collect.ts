/** The answer of MRP's plain `POST /execute`: all events of an execution folded into one object (formats.md §4). */
import { plainText } from "../../shared/mrp/mime.ts";
import type { EventData, ExecutionEvent } from "../../shared/mrp/mrp.ts";
import { dataForClient } from "./client-event.ts";

export interface ExecuteResult {
  success: boolean;
  stdout: string;
  stderr: string;
  /** The value as text; its rich forms stand last in `displayData`. */
  result: string | null;
  error: EventData<"error"> | null;
  displayData: EventData<"display">[];
  assets: object[];
  executionCount: number | null;
  /** Milliseconds. */
  duration: number;
  imports: string[];
}

export async function collect(executionId: string, events: AsyncIterable<ExecutionEvent>): Promise<ExecuteResult> {
  const result: ExecuteResult = {
    success: false,
    stdout: "",
    stderr: "",
    result: null,
    error: null,
    displayData: [],
    assets: [],
    executionCount: null,
    duration: 0,
    imports: [],
  };
  for await (const event of events) {
    switch (event.event) {
      case "stdout":
        result.stdout += event.data.content;
        break;
      case "stderr":
        result.stderr += event.data.content;
        break;
      case "display":
        result.displayData.push(event.data);
        break;
      case "asset":
        result.assets.push(dataForClient(executionId, event));
        break;
      case "result":
        result.result = plainText(event.data.data);
        if (Object.keys(event.data.data).length > 1)
          result.displayData.push({ ...event.data, displayId: null, update: false });
        break;
      case "error":
        result.error = event.data;
        break;
      case "done":
        result.success = event.data.success;
        result.executionCount = event.data.executionCount;
        result.duration = event.data.duration;
        result.imports = event.data.imports;
        return result;
      case "start":
      case "clear":
      case "stdin_request":
        break;
    }
  }
  return result;
}
