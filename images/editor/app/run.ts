/** Asks the editor server to run cells, and tells how they get on. The cells run there, whatever becomes of this page. */
import { RunLine } from "../../../shared/editor/run-lines.ts";
import { request } from "./api.ts";

/** Calls `take` with each line until the run ends. Throws ApiError if it is refused; a lost connection ends quietly. */
export async function runCells(
  projectId: string,
  path: string,
  cell: number | null,
  take: (line: RunLine) => void,
): Promise<void> {
  const response = await request(`/api/projects/${projectId}/editor/run`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ path, cell }),
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const chunk = await reader?.read().catch(() => undefined);
    if (!chunk || chunk.done) return;
    const lines = (rest + chunk.value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(RunLine.parse(JSON.parse(line)));
  }
}

export async function interruptCells(projectId: string, path: string): Promise<void> {
  await request(`/api/projects/${projectId}/editor/interrupt`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ path }),
  });
}
