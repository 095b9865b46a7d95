/** The names of a session and what they mean. No getter of the user's own is run. */
import { Script } from "node:vm";

export class Scope {
  #lexical;
  #given;

  /** @param lexical names that cells have declared with let, const and class; @param given names that were there before */
  constructor(lexical, given) {
    this.#lexical = lexical;
    this.#given = given;
  }

  /** Names of what cells have made. */
  own() {
    const globals = Object.getOwnPropertyNames(globalThis).filter((name) => !this.#given.has(name));
    return [...new Set([...this.#lexical, ...globals])].sort();
  }

  all() {
    return [...new Set([...this.own(), ...Object.getOwnPropertyNames(globalThis)])];
  }

  /** The value of a dotted path as `{ value }`, or null. */
  find(path) {
    const [first, ...rest] = path.split(/\??\./);
    if (!/^[\w$]+$/.test(first) || !this.all().includes(first)) return null;
    let found;
    try {
      // Names that were declared with let and const stand in no object.
      found = {
        value: this.#lexical.includes(first) ? new Script(first).runInThisContext() : read(globalThis, first)?.value,
      };
    } catch {
      return null;
    }
    for (const name of rest) {
      const member = found.value === null || found.value === undefined ? null : read(Object(found.value), name);
      if (!member) return null;
      found = member;
    }
    return found;
  }
}

/** A property's value as `{ value }` without running a getter; null if there is none or it has one. */
export function read(object, name) {
  for (let holder = object; holder !== null; holder = Object.getPrototypeOf(holder)) {
    const property = Object.getOwnPropertyDescriptor(holder, name);
    if (property) return "value" in property ? { value: property.value } : null;
  }
  return null;
}
