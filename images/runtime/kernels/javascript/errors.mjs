/** What an author reads of an error, and where in the cell it points. */
import { inspect } from "node:util";

const MAX_MESSAGE = 20_000;
const CELL_FRAME = /\(?\bcell:(\d+):(\d+)\)?$/;
/** Frames of Node and of this kernel are no news to the author. */
const FOREIGN = /\((?:node:|file:\/\/\/opt\/markco\/)|at (?:async )?(?:node:|file:\/\/\/opt\/markco\/)|at <anonymous>$/;

export function describeError(error) {
  const isError = error instanceof Error || (typeof error?.stack === "string" && typeof error?.message === "string");
  const type = isError ? String(error.name || error.constructor?.name || "Error") : "Thrown";
  const message = (isError ? String(error.message) : inspect(error, { depth: 2 })).slice(0, MAX_MESSAGE);
  const frames = isError
    ? String(error.stack)
        .split("\n")
        .filter((line) => /^\s+at /.test(line) && !FOREIGN.test(line))
    : [];
  const place = frames.map((frame) => CELL_FRAME.exec(frame)).find(Boolean);
  return {
    type,
    message,
    traceback: [`${type}: ${message}`, ...frames],
    line: place ? Number(place[1]) : null,
    column: place ? Number(place[2]) - 1 : null,
  };
}
