/** The text of a cell as V8 evaluates it. */
/** An import declaration that begins a line. */
const IMPORT = /^([ \t]*)import\s+(?:([\w$*{}\s,]+?)\s+from\s+)?(["'])([^"'\n]+)\3[ \t]*;?/gm;
const DYNAMIC_IMPORT = /(?<![\w$.])import\s*\(/g;
const KERNEL_IMPORT = 'globalThis[Symbol.for("markco.import")]';

/** Lines stay where they are. Errors name the script `cell`. */
export function asEvaluated(code) {
  const declared = code.replace(IMPORT, (_all, indent, names, _quote, from) => {
    const module = `await ${KERNEL_IMPORT}(${JSON.stringify(from)})`;
    return `${indent}${names === undefined ? module : `const ${pattern(names)} = ${module}`};`;
  });
  return `${declared.replace(DYNAMIC_IMPORT, `${KERNEL_IMPORT}(`)}\n//# sourceURL=cell`;
}

/** What an import declaration binds, as a pattern: `D, { a as b }` is `{ default: D, a: b }`. (`D, * as N` is not known here.) */
function pattern(names) {
  const whole = /\*\s+as\s+([\w$]+)/.exec(names)?.[1];
  const braces = /\{([\s\S]*)\}/.exec(names)?.[1];
  const first = /^\s*([\w$]+)\s*(?:,|$)/.exec(names)?.[1];
  if (whole && !first) return whole;
  const members = (braces ?? "").replace(/([\w$]+)\s+as\s+([\w$]+)/g, "$1: $2");
  return `{ ${first ? `default: ${first}, ` : ""}${members} }`;
}
