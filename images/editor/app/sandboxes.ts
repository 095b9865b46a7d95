/** Forks of the project's runtime: how many are alive, in a button that is there only while some are. */
import { SandboxList, type SandboxState } from "../../../shared/daemon/contract.ts";
import { json, request } from "./api.ts";
import { panel } from "./panel.ts";

/** How often they are looked for while the page is visible. */
const LOOK_MS = 10_000;

/** Those that use up something. */
export async function aliveSandboxes(projectId: string): Promise<SandboxState[]> {
  const { sandboxes } = await json(SandboxList, `/api/projects/${projectId}/sandboxes`);
  return sandboxes.filter(({ state }) => state === "starting" || state === "running");
}

export async function endSandbox(projectId: string, id: string): Promise<void> {
  await request(`/api/projects/${projectId}/sandboxes/${id}`, { method: "DELETE" });
}

/** In words: `3 sandboxes`, empty for none. */
export function countOf(alive: readonly SandboxState[]): string {
  if (alive.length === 0) return "";
  return alive.length === 1 ? "1 sandbox" : `${alive.length} sandboxes`;
}

/** Until it is destroyed: `ends in 41 min`. `nowMs`: Unix time. */
export function remaining({ expires }: SandboxState, nowMs: number): string {
  const minutes = Math.ceil((Date.parse(expires) - nowMs) / 60_000);
  if (minutes <= 0) return "is ending";
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return hours === 0 ? `ends in ${minutes} min` : `ends in ${hours} h ${rest} min`;
}

export function sandboxIndicator(projectId: string): HTMLElement {
  const { holder, button } = panel("Sandboxes", async () => {
    const { sandboxPanel } = await import("./sandbox-panel.ts");
    return sandboxPanel(projectId, show);
  });

  function show(alive: readonly SandboxState[]): void {
    const [next] = alive.toSorted((one, other) => one.expires.localeCompare(other.expires));
    button.textContent = countOf(alive) || "No sandbox";
    button.title = next ? `Copies of what runs, to try things in; the next one ${remaining(next, Date.now())}` : "";
    // It does not go from under the focus, nor from above the panel that it has opened.
    const isUsed = holder.contains(document.activeElement) || holder.querySelector(":popover-open") !== null;
    holder.hidden = alive.length === 0 && !isUsed;
  }

  function look(): void {
    if (document.visibilityState !== "visible") return;
    // The next look may be luckier: nothing here is worth a message.
    aliveSandboxes(projectId).then(show, () => {});
  }

  holder.hidden = true;
  look();
  setInterval(look, LOOK_MS);
  return holder;
}
