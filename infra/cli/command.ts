import { Fault } from "../../shared/daemon/fault.ts";

/** A command of `markco`. Each is a module of its own that exports `command`; main.ts loads only the one that is asked for. */
export interface Command {
  readonly name: string;
  /** One line: `markco import DIR [--name NAME]`. */
  readonly usage: string;
  /** A few words for the list of commands. */
  readonly summary: string;
  /** All that `--help` shows below the usage. */
  readonly help: string;
  /** @returns the exit status: 0 done, 1 the thing failed, 2 wrong usage */
  run(args: string[]): Promise<number>;
}

/** The command was called wrongly: exit status 2, where everything else that goes wrong gives 1. */
export class UsageFault extends Fault {
  constructor(message: string) {
    super("invalid", message);
    this.name = "UsageFault";
  }
}
