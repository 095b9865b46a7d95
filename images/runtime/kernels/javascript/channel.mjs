/** Lines of JSON to the supervisor (../README.md). */
import { readSync, writeSync } from "node:fs";

const [MESSAGES, TAKEN] = [4, 5];
const newline = Buffer.alloc(1);

export class Channel {
  event(event, data) {
    this.send({ type: "event", event, data, waits: true });
  }

  send(message) {
    // A lone half of a surrogate pair has no UTF-8.
    const line = Buffer.from(`${JSON.stringify(message).toWellFormed()}\n`);
    for (let written = 0; written < line.length; ) written += writeSync(MESSAGES, line, written);
    if (message.waits) readSync(TAKEN, newline, 0, 1, null);
  }
}
