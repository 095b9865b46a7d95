/** What the editor server is told by its environment. */
import { join } from "node:path";
import * as z from "zod";
import { parse } from "../../../shared/daemon/fault.ts";

const Environment = z.object({
  /** The owner's folder: `projects/` has the files, `editor/` is ours. */
  MARKCO_DATA: z.string().default("/data"),
  /** `daemon.sock` and `editor.sock`. */
  MARKCO_RUN: z.string().default("/run/markco"),
});

export interface Settings {
  readonly projects: string;
  readonly journals: string;
  readonly drafts: string;
  readonly trash: string;
  readonly moves: string;
  readonly forwarding: string;
  readonly daemonSocket: string;
  readonly editorSocket: string;
}

/** Throws Fault("invalid"). */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const { MARKCO_DATA, MARKCO_RUN } = parse(Environment, environment, "environment");
  return {
    projects: join(MARKCO_DATA, "projects"),
    journals: join(MARKCO_DATA, "editor", "journal"),
    drafts: join(MARKCO_DATA, "editor", "drafts"),
    trash: join(MARKCO_DATA, "editor", "trash"),
    moves: join(MARKCO_DATA, "editor", "moves"),
    forwarding: join(MARKCO_DATA, "editor", "forwarding"),
    daemonSocket: join(MARKCO_RUN, "daemon.sock"),
    editorSocket: join(MARKCO_RUN, "editor.sock"),
  };
}
