/** What the supervisor said becomes the journal's: events, acknowledgements and the log offset in one transaction. */
import { EVENT_DATA, type ExecutionEvent } from "../../shared/mrp/mrp.ts";
import { eventOfLine, type SupervisorLine } from "../../shared/runtime/wire.ts";
import { PROJECT_MOUNT } from "../agent/host-agent.ts";
import type { Executions } from "../executions/executions.ts";
import type { Journal } from "../journal/journal.ts";
import type { RuntimeRecords } from "./records.ts";

/**
 * Takes over `lines`, which end at `offset` of the log. Because the offset moves in the same transaction, a crash at any
 * point makes the same lines come again, and `seq` makes them harmless. Lines of an older epoch are refused.
 */
export function takeLines(
  journal: Journal,
  records: RuntimeRecords,
  executions: Executions,
  runtime: { readonly runtimeId: string; readonly epoch: number },
  lines: readonly SupervisorLine[],
  offset: number,
): void {
  const touched = new Set<string>();
  journal.transaction(() => {
    if (records.find(runtime.runtimeId)?.epoch !== runtime.epoch) return;
    for (const line of lines) {
      switch (line.type) {
        case "ack":
          executions.acknowledge(line.id);
          break;
        case "event": {
          const event = eventOfLine(line);
          // An execution of another runtime can't be named here: its id would be a stranger's.
          if (!event || executions.get(line.exec)?.runtimeId !== runtime.runtimeId) break;
          executions.append(line.exec, withProjectPath(event));
          touched.add(line.exec);
          break;
        }
        case "ready":
        case "refused":
        case "reply":
        case "session":
        case "terminal":
        case "terminal_end":
          break;
      }
    }
    records.setLogOffset(runtime.runtimeId, offset);
  });
  for (const id of touched) executions.ring(id);
}

/** Paths in the container become project paths. */
function withProjectPath(event: ExecutionEvent): ExecutionEvent {
  if (event.event !== "asset") return event;
  const path = event.data.path.startsWith(`${PROJECT_MOUNT}/`)
    ? event.data.path.slice(PROJECT_MOUNT.length + 1)
    : event.data.path;
  return { ...event, data: EVENT_DATA.asset.parse({ ...event.data, path }) };
}
