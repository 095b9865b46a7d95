/** What a panel does for a person, one thing at a time, and the two lines in which it says how that went. */
import { ApiError } from "./api.ts";
import { element } from "./element.ts";

export interface OneAtATime {
  readonly status: HTMLElement;
  readonly problem: HTMLElement;
  /** Nothing happens while something else is being done. `doing` and `done` are said before and after. */
  attempt(doing: string, done: string | (() => string), act: () => Promise<void>): Promise<void>;
}

export function oneAtATime(): OneAtATime {
  const status = element("p", { class: "hint", role: "status" });
  const problem = element("p", { class: "problem", role: "alert" });
  let busy = false;

  async function attempt(doing: string, done: string | (() => string), act: () => Promise<void>): Promise<void> {
    if (busy) return;
    busy = true;
    status.textContent = doing;
    problem.textContent = "";
    try {
      await act();
      status.textContent = typeof done === "string" ? done : done();
    } catch (error) {
      status.textContent = "";
      problem.textContent = error instanceof ApiError ? error.message : "That did not work.";
    } finally {
      busy = false;
    }
  }

  return { status, problem, attempt };
}
