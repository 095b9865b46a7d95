/** Questions about live objects, by operation (../README.md). No getter of the user's own is run for any of them. */

import { inspect } from "node:util";
import { Script } from "node:vm";
import { read } from "./scope.mjs";

const [MAX_MATCHES, MAX_VARIABLES, MAX_PREVIEW, MAX_TEXT, MAX_FULL, MAX_COLUMNS] = [200, 500, 200, 20_000, 10_000, 100];
const PREVIEW = { depth: 1, maxArrayLength: 10, maxStringLength: MAX_PREVIEW, breakLength: Infinity, getters: false };
const PATH = /(?:([\w$]+(?:\??\.[\w$]+)*)\??\.)?([\w$]*)$/;
const KEYWORDS =
  "async await break case catch class const continue debugger default delete do else export extends finally for function if import in instanceof let new of return static super switch this throw try typeof var void while with yield".split(
    " ",
  );

/** @param {import("./scope.mjs").Scope} scope */
export function answer(operation, request, scope) {
  return OPERATIONS[operation](request, scope);
}

function complete({ code, cursor }, scope) {
  const [, owner, begun = ""] = PATH.exec(code.slice(0, cursor));
  const source = owner === undefined ? null : scope.find(owner);
  const names = owner === undefined ? [...scope.all(), ...KEYWORDS] : source ? namesOf(source.value) : [];
  const matches = [...new Set(names)]
    .filter((name) => name.startsWith(begun) && /^[\w$]+$/.test(name) && (begun !== "" || owner !== undefined))
    .slice(0, MAX_MATCHES)
    .map((name) => match(name, owner === undefined ? scope.find(name) : read(Object(source.value), name)));
  return { matches, cursorStart: cursor - begun.length, cursorEnd: cursor, source: "runtime" };
}

function match(name, found) {
  const kind = found ? kindOf(found.value) : KEYWORDS.includes(name) ? "keyword" : "property";
  const shown = found && typeof found.value !== "function";
  return {
    label: name,
    insertText: name,
    kind,
    detail: found && typeof found.value === "function" ? signatureOf(found.value) : null,
    documentation: null,
    valuePreview: shown ? preview(found.value) : null,
    type: found ? typeOf(found.value) : null,
  };
}

function inspectAt({ code, cursor, detail }, scope) {
  const name = pathAt(code, cursor) ?? calledAt(code, cursor);
  const found = name === null ? null : scope.find(name);
  if (!found) return { found: false, source: "runtime", name };
  const source = typeof found.value === "function" ? Function.prototype.toString.call(found.value) : null;
  return {
    found: true,
    source: "runtime",
    name,
    kind: kindOf(found.value),
    type: typeOf(found.value),
    signature: typeof found.value === "function" ? signatureOf(found.value) : null,
    docstring:
      detail >= 1
        ? (/\/\*\*([\s\S]*?)\*\//
            .exec(source ?? "")?.[1]
            .replace(/^\s*\* ?/gm, "")
            .trim() ?? null)
        : null,
    sourceCode: detail >= 2 ? (source?.slice(0, MAX_TEXT) ?? null) : null,
    value: preview(found.value),
    children: membersOf(found.value).count,
  };
}

function hover({ code, cursor }, scope) {
  const name = pathAt(code, cursor);
  const found = name === null ? null : scope.find(name);
  if (!found) return { found: false, name };
  const signature = typeof found.value === "function" ? signatureOf(found.value) : null;
  return { found: true, name, type: typeOf(found.value), value: preview(found.value), signature };
}

function variables(_request, scope) {
  const names = scope.own();
  const found = names.slice(0, MAX_VARIABLES).map((name) => describe(name, scope.find(name)?.value));
  return { variables: found, count: names.length, truncated: names.length > MAX_VARIABLES };
}

function variable({ name, path, offset, limit }, scope) {
  let found = scope.own().includes(name) ? scope.find(name) : null;
  if (!found) throw new Error(`no variable ${name}`);
  for (const step of path) {
    found = membersOf(found.value).at(step);
    if (!found) throw new Error(`there is no ${JSON.stringify(step)} in it`);
  }
  const { value } = found;
  const members = membersOf(value);
  const page = members.page(offset, limit);
  const full = typeof value === "string" ? value : inspect(value, { ...PREVIEW, depth: 2, maxStringLength: MAX_FULL });
  return {
    ...describe(path.at(-1) ?? name, value),
    fullValue: full.slice(0, MAX_FULL),
    children: page.length > 0 ? page.map(([step, member]) => describe(step, member)) : null,
    count: members.count,
    truncated: offset + page.length < members.count,
    table: tableOf(value, page),
  };
}

function isComplete({ code }) {
  try {
    new Script(`(async () => {${code}\n})`);
    return { status: "complete", indent: "" };
  } catch (error) {
    // A cell's own end was met where more was needed.
    const unfinished = /Unexpected end of input|Unterminated template|missing \) after/.test(error.message);
    return { status: unfinished || braces(code) > 0 ? "incomplete" : "invalid", indent: unfinished ? "  " : "" };
  }
}

const OPERATIONS = { complete, inspect: inspectAt, hover, variables, variable, is_complete: isComplete };

/** What a value consists of: how many members, a page of them, and the one that a step names. */
function membersOf(value) {
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const count = value.length ?? 0;
    return {
      count,
      page: (offset, limit) =>
        Array.from({ length: Math.max(0, Math.min(limit, count - offset)) }, (_, i) => [
          String(offset + i),
          value[offset + i],
        ]),
      at: (step) => (/^\d+$/.test(step) && Number(step) < count ? { value: value[Number(step)] } : null),
    };
  }
  if (value instanceof Map) return listed(value.size, () => [...value].map(([key, member]) => [String(key), member]));
  if (value instanceof Set) return listed(value.size, () => [...value].map((member, i) => [String(i), member]));
  if (typeof value !== "object" || value === null) return listed(0, () => []);
  const names = Object.keys(value);
  return listed(names.length, () =>
    names.flatMap((name) => (read(value, name) ? [[name, read(value, name).value]] : [])),
  );
}

function listed(count, entries) {
  return {
    count,
    page: (offset, limit) => entries().slice(offset, offset + limit),
    at: (step) => {
      const found = entries().find(([name]) => name === step);
      return found ? { value: found[1] } : null;
    },
  };
}

function tableOf(value, page) {
  const isTable =
    Array.isArray(value) && page.length > 0 && page.every(([, row]) => typeof row === "object" && row !== null);
  if (!isTable) return null;
  const names = [...new Set(page.flatMap(([, row]) => Object.keys(row)))].slice(0, MAX_COLUMNS);
  const cell = (row, name) => (read(row, name) ? preview(read(row, name).value) : null);
  return {
    columns: names.map((name) => ({ name, dtype: null })),
    index: page.map(([step]) => step),
    rows: page.map(([, row]) => names.map((name) => cell(row, name))),
  };
}

function describe(name, value) {
  const { count } = membersOf(value);
  const isList = Array.isArray(value) || ArrayBuffer.isView(value) || typeof value === "string";
  return {
    name,
    type: typeOf(value),
    value: preview(value),
    size: ArrayBuffer.isView(value) ? value.byteLength : null,
    expandable: count > 0,
    shape: null,
    dtype: ArrayBuffer.isView(value) ? value.constructor.name.replace("Array", "").toLowerCase() : null,
    length: isList ? value.length : value instanceof Map || value instanceof Set ? value.size : null,
    keys: typeof value === "object" && value !== null && !isList ? Object.keys(value).slice(0, 50) : null,
  };
}

function preview(value) {
  const text = inspect(value, PREVIEW);
  return text.length <= MAX_PREVIEW ? text : `${text.slice(0, MAX_PREVIEW)}…`;
}

function typeOf(value) {
  if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
  return read(value, "constructor")?.value?.name || "Object";
}

function kindOf(value) {
  if (typeof value !== "function") return "variable";
  return /^class\b/.test(Function.prototype.toString.call(value)) ? "class" : "function";
}

function signatureOf(value) {
  const source = Function.prototype.toString.call(value);
  const parameters = /^(?:async\s*)?(?:function\s*\*?\s*[\w$]*\s*|[\w$]+\s*)?(\([^)]*\))/.exec(source)?.[1];
  return `${value.name || "function"}${parameters ?? `(${"…".repeat(value.length ? 1 : 0)})`}`;
}

function namesOf(value) {
  const names = [];
  for (let holder = value === null || value === undefined ? null : Object(value); holder !== null; ) {
    names.push(...Object.getOwnPropertyNames(holder));
    holder = Object.getPrototypeOf(holder);
  }
  return names;
}

/** The dotted path that the cursor touches, up to the part that it touches. */
function pathAt(code, cursor) {
  const before = /[\w$.?]*$/.exec(code.slice(0, cursor))[0];
  const name = before + /^[\w$]*/.exec(code.slice(cursor))[0];
  return /^[A-Za-z_$][\w$]*(\??\.[\w$]+)*$/.test(name) ? name : null;
}

/** The function whose arguments are being written at the cursor. */
function calledAt(code, cursor) {
  return /([\w$]+(?:\??\.[\w$]+)*)\s*\([^()]*$/.exec(code.slice(0, cursor))?.[1] ?? null;
}

function braces(code) {
  return (code.match(/[{([]/g)?.length ?? 0) - (code.match(/[})\]]/g)?.length ?? 0);
}
