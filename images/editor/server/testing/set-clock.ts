/**
 * A clock that a test sets. Preloaded into an editor server (`--import`), it moves its Date by the milliseconds that stand in
 * the file `clock` beside its sockets.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const file = join(process.env.MARKCO_RUN ?? "", "clock");
const realNow = Date.now;
const now = () => realNow() + Number(readFileSync(file, "utf8"));

globalThis.Date = new Proxy(Date, {
  construct: (date, args, newTarget) => Reflect.construct(date, args.length === 0 ? [now()] : args, newTarget),
  get: (date, key) => (key === "now" ? now : Reflect.get(date, key)),
});
