/** The sandboxes that are alive, when each ends, and a way to end one now. Loaded when it is first asked for. */
import type { SandboxState } from "../../../shared/daemon/contract.ts";
import { askFirst } from "./ask-first.ts";
import { element } from "./element.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { aliveSandboxes, endSandbox, remaining } from "./sandboxes.ts";

/** @param seen is told which are alive, each time that this is known. Throws ApiError if they can't be listed. */
export async function sandboxPanel(
  projectId: string,
  seen: (alive: readonly SandboxState[]) => void,
): Promise<HTMLElement> {
  const list = element("ul");
  const { status, problem, attempt } = oneAtATime();
  // Takes the focus that a row had which is gone.
  status.tabIndex = -1;

  async function draw(): Promise<void> {
    const alive = await aliveSandboxes(projectId);
    list.replaceChildren(...alive.map(row));
    seen(alive);
  }

  function row(sandbox: SandboxState): HTMLElement {
    // The command line takes the whole of it; a person tells them apart by the first digits.
    const short = sandbox.id.slice(0, 8);
    return element(
      "li",
      {},
      element("h3", { title: sandbox.id }, short),
      element("span", { class: "hint" }, `${sandbox.state} · ${sandbox.tier} · ${remaining(sandbox, Date.now())}`),
      element(
        "span",
        { class: "actions" },
        askFirst({
          label: "End",
          about: short,
          warning: "All that it has written will be gone.",
          act: () => end(sandbox.id, short),
        }),
      ),
    );
  }

  function end(id: string, short: string): void {
    void attempt("Ending …", `${short} has ended.`, async () => {
      await endSandbox(projectId, id);
      status.focus();
      await draw();
    });
  }

  await draw();
  return element(
    "div",
    {},
    element("h2", {}, "Sandboxes"),
    element("p", { class: "hint" }, "Copies of what runs, to try things in. Nothing that they do reaches the project."),
    list,
    status,
    problem,
  );
}
