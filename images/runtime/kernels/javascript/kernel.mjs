/**
 * The JavaScript kernel. Cells are evaluated by V8's inspector, which knows what Node's own REPL does not: to declare a name
 * again. They have the main thread to themselves while they run; a second one hears requests, and stops a loop.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { MessageChannel, Worker } from "node:worker_threads";
import { answer } from "./answers.mjs";
import { Bundles } from "./bundles.mjs";
import { Channel } from "./channel.mjs";
import { describeError } from "./errors.mjs";
import { Evaluator } from "./evaluator.mjs";
import { importer } from "./imports.mjs";
import { Prompts } from "./prompts.mjs";

const channel = new Channel();
const bundles = new Bundles(channel);
const { port1: answers, port2: answersThere } = new MessageChannel();
// Counts what the reader has brought; the main thread may wait for it to change.
const bell = new Int32Array(new SharedArrayBuffer(8));
const reader = new Worker(new URL("./reader.mjs", import.meta.url), {
  workerData: { answers: answersThere, bell },
  transferList: [answersThere],
});
const prompts = new Prompts(channel, answers, bell);

// What a cell finds beside the language and Node.
Object.assign(globalThis, {
  require: createRequire(join(process.cwd(), "cell.js")),
  display: Object.assign((value, options) => bundles.display(value, options), {
    html: (html, options) => bundles.show("display", { "text/html": String(html) }, options),
    image: (source, options) => bundles.displayImage(source, options),
  }),
  clearOutput: ({ wait = false } = {}) => channel.event("clear", { wait }),
  prompt: (text = "") => prompts.ask(text, false),
  input: async (text = "", { password = false } = {}) => prompts.ask(text, password),
});
globalThis[Symbol.for("markco.import")] = importer(process.cwd());
const evaluator = new Evaluator(new Set(Object.getOwnPropertyNames(globalThis)));

// A promise or timer of an earlier cell must not end the session.
process.on("uncaughtException", (error) => process.stderr.write(`${describeError(error).traceback.join("\n")}\n`));
// The reader is told of an interrupt; what a cell has started gets the signal.
process.on("SIGINT", () => {});
// Node would wait for ever for its inspector to let go; another program in its place has the same exit status.
process.on("exit", (code) => process.execve("/bin/sh", ["sh", "-c", `exit ${Number(code) & 255}`]));

let count = 0;
/** Ends the wait for the running cell. */
let interrupt = () => {};

async function execute({ code, silent, assetDir }) {
  bundles.begin(assetDir);
  const number = silent ? null : ++count;
  const interrupted = new Promise((resolve) => {
    interrupt = () => resolve({ interrupted: true });
  });
  channel.send({ type: "start", count: number, waits: true });
  const outcome = await Promise.race([evaluator.run(code), interrupted]);
  interrupt = () => {};
  channel.send({ type: "done", success: tell(outcome, number, silent) });
}

/** Says what came of a cell. Returns whether it succeeded; a result that fails while it is shown is an error of the cell. */
function tell(outcome, number, silent) {
  try {
    return tellOutcome(outcome, number, silent);
  } catch (error) {
    channel.event("error", describeError(error));
    return false;
  }
}

function tellOutcome(outcome, number, silent) {
  if (outcome.interrupted) {
    const error = { type: "Interrupt", message: "the cell was interrupted", traceback: ["Interrupt"] };
    channel.event("error", { ...error, line: null, column: null });
    return false;
  }
  if ("thrown" in outcome) {
    const error = describeError(outcome.thrown);
    channel.event("error", error.line === null ? { ...error, ...outcome.place } : error);
    return false;
  }
  if (silent || outcome.value === undefined) return true;
  bundles.show("result", bundles.of(outcome.value), { executionCount: number });
  return true;
}

async function reply(request) {
  try {
    const result = answer(request.op, request, await evaluator.scope());
    channel.send({ type: "reply", id: request.id, ok: true, result });
  } catch (error) {
    channel.send({ type: "reply", id: request.id, ok: false, message: String(error?.message) });
  }
}

let last = Promise.resolve();
reader.on("message", (request) => {
  if (request.op === "interrupt") {
    // The reader knows by this that no loop keeps us.
    Atomics.store(bell, 1, 1);
    interrupt();
  } else last = last.then(() => (request.op === "execute" ? execute(request) : reply(request)));
});
