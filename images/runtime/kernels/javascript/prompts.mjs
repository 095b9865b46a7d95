/** Questions to the person: the thread waits until the reader brings the answer. */
import { receiveMessageOnPort } from "node:worker_threads";

export class Prompts {
  #channel;
  #answers;
  #bell;

  /** @param {Int32Array} bell its first number changes with each answer */
  constructor(channel, answers, bell) {
    this.#channel = channel;
    this.#answers = answers;
    this.#bell = bell;
    answers.unref();
  }

  /** What is typed; null if nobody answers. */
  ask(text, password) {
    this.#channel.event("stdin_request", { prompt: String(text).slice(0, 10_000), password });
    for (;;) {
      // Looked at before the port: an answer that comes in between rings, and the wait is none.
      const rung = Atomics.load(this.#bell, 0);
      const answer = receiveMessageOnPort(this.#answers);
      if (answer) return answer.message;
      Atomics.wait(this.#bell, 0, rung);
    }
  }
}
