/** The second thread: brings requests from the supervisor, and stops the first where that can't hear. */
import { createReadStream } from "node:fs";
import { Session } from "node:inspector/promises";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";

const REQUESTS = 3;
/** Milliseconds after which the main thread is taken to be in a loop, or to wait for a person. */
const PATIENCE_MS = 100;

const { answers, bell } = workerData;
const session = new Session();
session.connectToMainThread();

for await (const line of createInterface({ input: createReadStream("", { fd: REQUESTS }) })) {
  const request = JSON.parse(line);
  if (request.op === "input") {
    answers.postMessage(request.text);
    Atomics.add(bell, 0, 1);
    Atomics.notify(bell, 0);
  } else if (request.op === "interrupt") {
    Atomics.store(bell, 1, 0);
    parentPort.postMessage(request);
    await sleep(PATIENCE_MS);
    // Not otherwise: it would end whatever runs next.
    if (Atomics.load(bell, 1) === 0) await session.post("Runtime.terminateExecution");
  } else parentPort.postMessage(request);
}
// The supervisor is gone.
process.kill(process.pid, "SIGKILL");
