/** Evaluates cells in the global scope, with the inspector as one's own debugger. */
import { Session } from "node:inspector";
import { Scope } from "./scope.mjs";
import { asEvaluated } from "./source.mjs";

const TAKE = Symbol.for("markco.take");

export class Evaluator {
  #session = new Session();
  #given;

  /** @param {Set<string>} given names of the global scope that no cell has made */
  constructor(given) {
    this.#given = given;
    this.#session.connect();
  }

  /**
   * Resolves with `{ value }`, `{ thrown, place }` or `{ interrupted }`. A cell with `await` resolves when it has ended.
   */
  async run(code) {
    const options = { expression: asEvaluated(code), replMode: true, awaitPromise: true };
    const outcome = await this.#post("Runtime.evaluate", options).catch(() => null);
    if (!outcome) return { interrupted: true };
    const { result, exceptionDetails } = outcome;
    if (!exceptionDetails) return { value: this.#valueOf(result) };
    const { exception, text, lineNumber, columnNumber } = exceptionDetails;
    const place = { line: lineNumber + 1, column: columnNumber };
    return { thrown: exception ? this.#valueOf(exception) : new Error(text), place };
  }

  /** What the cells' names mean now. */
  async scope() {
    const { names } = await this.#post("Runtime.globalLexicalScopeNames", {});
    return new Scope(names, this.#given);
  }

  #post(method, options) {
    return new Promise((resolve, reject) => {
      this.#session.post(method, options, (error, result) => (error ? reject(error) : resolve(result)));
    });
  }

  /** The value itself that the inspector speaks of. Both live in this thread: it is handed over on the spot. */
  #valueOf({ objectId, unserializableValue, value, type }) {
    if (objectId === undefined) {
      if (unserializableValue === undefined) return value;
      return type === "bigint" ? BigInt(unserializableValue.slice(0, -1)) : Number(unserializableValue);
    }
    let taken;
    globalThis[TAKE] = (given) => {
      taken = given;
    };
    // A strict function gets `this` as it is, and not as an object around it.
    const functionDeclaration = 'function () { "use strict"; globalThis[Symbol.for("markco.take")](this); }';
    this.#session.post("Runtime.callFunctionOn", { objectId, functionDeclaration });
    this.#session.post("Runtime.releaseObject", { objectId });
    delete globalThis[TAKE];
    return taken;
  }
}
