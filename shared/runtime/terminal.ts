/** A person's terminal over a WebSocket: text messages, each one JSON object. */
import * as z from "zod";

const columns = z.int().min(1).max(1000);
const rows = z.int().min(1).max(1000);

/** In the query of the address. */
export const TerminalSize = z.object({ columns: columns.default(80), rows: rows.default(24) });

export const TerminalName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,50}$/, "a terminal is named with 1 to 50 of A-Z a-z 0-9 _ -");

/** Browser → runtime. */
export const TerminalInput = z.discriminatedUnion("type", [
  z.object({ type: z.literal("input"), data: z.string().max(1024 * 1024) }),
  z.object({ type: z.literal("resize"), columns, rows }),
  /** It has shown all up to `position`; while much is not, programs wait. */
  z.object({ type: z.literal("take"), position: z.int().min(0) }),
]);

const shown = { data: z.string(), position: z.int().min(0) };

/** Runtime → browser. `position` counts the characters (code points) that the terminal has ever shown, with these. */
export const TerminalOutput = z.discriminatedUnion("type", [
  /** First: what stands there. It takes the place of what the browser showed before. */
  z.object({ type: z.literal("screen"), ...shown }),
  z.object({ type: z.literal("output"), ...shown }),
  /** Last: its shell has ended. */
  z.object({ type: z.literal("end"), code: z.int() }),
]);
export type TerminalOutput = z.infer<typeof TerminalOutput>;

/** WebSocket close codes: it ended; what was sent makes no sense; it could not be opened, for the reason given; come again. */
export const TERMINAL_CLOSE = { ended: 1000, badMessage: 1007, refused: 1011, again: 1012 } as const;

/** Those that were opened and not closed. */
export const TerminalList = z.object({ terminals: z.array(z.string()) });
