/** The EC2 query protocol (API version 2016-11-15): form fields in, XML out, errors by their names. */
import { randomBytes } from "node:crypto";

const NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/";

/** An error as EC2 words it: `code` is what callers look at. */
export class Ec2Error extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** A parameter: a text, a list, or a structure of parameters. */
export type Parameter = string | Parameter[] | { [name: string]: Parameter };

/** `Filter.1.Value.2=x` becomes `{ Filter: [{ Value: [x] }] }`. */
export function parseQuery(body: string): Record<string, Parameter> {
  type Node = Map<string, Node | string>;
  const root: Node = new Map();
  for (const [key, value] of new URLSearchParams(body)) {
    const path = key.split(".");
    let node = root;
    for (const part of path.slice(0, -1)) {
      const next = node.get(part);
      if (next instanceof Map) node = next;
      else {
        const made: Node = new Map();
        node.set(part, made);
        node = made;
      }
    }
    node.set(path.at(-1) ?? "", value);
  }
  const plain = (node: Node | string): Parameter => {
    if (typeof node === "string") return node;
    const entries = [...node];
    if (entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key))) {
      return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, item]) => plain(item));
    }
    return Object.fromEntries(entries.map(([key, item]) => [key, plain(item)]));
  };
  return plain(root) as Record<string, Parameter>;
}

export type Answer = { readonly [name: string]: unknown };

export function answerXml(action: string, answer: Answer): string {
  const fields = Object.entries(answer).map(([name, value]) => element(name, value));
  const body = `<requestId>${newId("req")}</requestId>${fields.join("")}`;
  return document(`<${action}Response xmlns="${NAMESPACE}">${body}</${action}Response>`);
}

export function errorXml({ code, message }: Ec2Error): string {
  const error = `<Error>${element("Code", code)}${element("Message", message)}</Error>`;
  return document(`<Response><Errors>${error}</Errors>${element("RequestID", newId("req"))}</Response>`);
}

/** An id as EC2 makes them: a prefix and 17 hexadecimal digits. */
export const newId = (prefix: string) => `${prefix}-${randomBytes(9).toString("hex").slice(0, 17)}`;

const document = (root: string) => `<?xml version="1.0" encoding="UTF-8"?>\n${root}`;

function element(name: string, value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return `<${name}>${value.map((item) => element("item", item)).join("")}</${name}>`;
  if (typeof value === "object") {
    const fields = Object.entries(value).map(([field, inner]) => element(field, inner));
    return `<${name}>${fields.join("")}</${name}>`;
  }
  const text = String(value).replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<${name}>${text}</${name}>`;
}
