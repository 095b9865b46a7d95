/** A kernel for tests. It understands `say TEXT`, `draw HASH`, `fail`, and `wait`, which prints a line a step until its end. */
import type { EventData } from "../../../../shared/mrp/mrp.ts";
import type { Kernel } from "./fake-daemon.ts";

const FAILED: EventData<"done"> = { success: false, status: "failed", executionCount: 1, duration: 1, imports: [] };
const ERROR: EventData<"error"> = {
  type: "ValueError",
  message: "no",
  traceback: ["Traceback", "\x1b[31mValueError\x1b[0m: no"],
  line: 1,
  column: null,
};

export class ScriptedKernel {
  /** Lines that `wait` has printed. */
  steps = 0;
  #over = false;
  #go = (): void => undefined;

  readonly run: Kernel = async (code, emit) => {
    for (const line of code.split("\n")) {
      const [word, rest = ""] = line.split(/ (.*)/);
      if (word === "say") emit("stdout", { content: `${rest}\n` });
      else if (word === "draw") {
        emit("asset", {
          path: `_assets/generated/${rest}.png`,
          name: `${rest}.png`,
          mime: "image/png",
          size: 1,
          displayId: null,
          update: false,
        });
      } else if (word === "fail") {
        emit("error", ERROR);
        emit("done", FAILED);
      }
      while (word === "wait" && !this.#over) {
        this.steps++;
        emit("stdout", { content: `line ${this.steps}\n` });
        await new Promise<void>((resolve) => {
          this.#go = resolve;
        });
      }
    }
  };

  step(): void {
    this.#go();
  }

  end(): void {
    this.#over = true;
    this.#go();
  }
}
