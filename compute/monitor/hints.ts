/**
 * What a cell is about to need, read from its code before it runs: a parse, so that words in strings and comments count for
 * nothing. A hint brings a machine up early; it never keeps a cell from running.
 */
import type { SyntaxNode, Tree } from "@lezer/common";
import { parser } from "@lezer/python";

export interface Hints {
  /** Why the cell will want a GPU, or null. */
  readonly gpu: string | null;
  /** True if the code itself uses the GPU; false if it only brings a library that can. */
  readonly usesGpu: boolean;
  /** Files that are read whole into memory, as the code writes them. */
  readonly files: readonly string[];
}

export const NO_HINTS: Hints = { gpu: null, usesGpu: false, files: [] };

const GPU_LIBRARIES = new Set(["torch", "tensorflow", "jax", "cupy", "cudf", "cuml", "numba.cuda", "tensorrt", "vllm"]);
const GPU_PACKAGES = /^(torch|tensorflow|jax|cupy|cudf|cuml|vllm|tensorrt)\b/;
const READERS = new Set([
  "read_csv",
  "read_parquet",
  "read_feather",
  "read_json",
  "read_table",
  "read_pickle",
  "read_excel",
  "open_file",
]);

/** @param language of the cell */
export function hintsOf(language: string, code: string): Hints {
  if (language === "bash") return { ...NO_HINTS, gpu: packageIn(code.split("\n")) };
  if (language !== "python") return NO_HINTS;
  // Lines of IPython are none of Python: they are read apart, and blanked so that the rest parses.
  const lines = code.split("\n");
  const commands = lines.filter((line) => /^\s*[!%]/.test(line)).map((line) => line.replace(/^\s*[!%]+/, ""));
  const python = lines.map((line) => (/^\s*[!%]/.test(line) ? "" : line)).join("\n");
  const found = walk(parser.parse(python), python);
  return { ...found, gpu: found.gpu ?? packageIn(commands) };
}

function packageIn(commands: readonly string[]): string | null {
  for (const line of commands) {
    const [, packages] = /^\s*(?:uv\s+)?pip3?\s+install\s+([^#]*)/.exec(line) ?? [];
    const wanted = packages?.split(/\s+/).find((word) => GPU_PACKAGES.test(word));
    if (wanted) return `installs ${wanted}`;
  }
  return null;
}

function walk(tree: Tree, code: string): Hints {
  let library: string | null = null;
  let use: string | null = null;
  const files: string[] = [];
  const text = (node: SyntaxNode) => code.slice(node.from, node.to);
  tree.iterate({
    enter({ node }) {
      if (node.name === "ImportStatement") {
        const name = importedNames(text(node)).find((one) => GPU_LIBRARIES.has(one) || GPU_LIBRARIES.has(rootOf(one)));
        if (name) library ??= `imports ${rootOf(name)}`;
      }
      if (node.name !== "CallExpression") return;
      const callee = node.firstChild;
      const args = node.getChild("ArgList");
      if (!callee || !args) return;
      const method = callee.name === "MemberExpression" && callee.lastChild ? text(callee.lastChild) : text(callee);
      const strings = args.getChildren("String").map((string) => literal(text(string)));
      if (callee.name === "MemberExpression" && method === "cuda") use ??= "calls .cuda()";
      if (method === "to" && strings.some(isCuda)) use ??= 'calls .to("cuda")';
      if (method === "device" && strings.some(isCuda)) use ??= "makes a CUDA device";
      for (const [name, value] of keywords(args, text)) {
        if (name === "device_map" && value !== '"cpu"' && value !== "'cpu'") use ??= "places a model with device_map";
        if (name === "device" && isCuda(literal(value))) use ??= 'asks for device="cuda"';
      }
      if (READERS.has(method) && strings[0]) files.push(strings[0]);
    },
  });
  return { gpu: use ?? library, usesGpu: use !== null, files };
}

/** Modules of `import a.b as c, d` and `from a.b import c`. */
function importedNames(statement: string): string[] {
  const from = /^from\s+([\w.]+)\s+import\s+\(?([\s\S]*?)\)?$/.exec(statement);
  if (from) {
    const [, module = "", names = ""] = from;
    return [module, ...names.split(",").map((name) => `${module}.${name.trim().split(/\s/)[0]}`)];
  }
  const names = statement.replace(/^import\s+/, "").split(",");
  return names.map((name) => name.trim().split(/\s/)[0] ?? "");
}

const rootOf = (module: string) => module.split(".")[0] ?? "";
const isCuda = (value: string) => /^cuda(:\d+)?$/.test(value);

/** The text of a plain string literal; empty for one that is put together at run time. */
function literal(source: string): string {
  const [, prefix = "", , body = ""] = /^([a-zA-Z]*)("""|'''|"|')([\s\S]*)\2$/.exec(source) ?? [];
  return /f|b/i.test(prefix) ? "" : body;
}

/** `name=value` arguments. */
function keywords(args: SyntaxNode, text: (node: SyntaxNode) => string): [string, string][] {
  const found: [string, string][] = [];
  for (let child = args.firstChild; child; child = child.nextSibling) {
    const value = child.nextSibling;
    const name = child.prevSibling;
    if (child.name === "AssignOp" && name?.name === "VariableName" && value) found.push([text(name), text(value)]);
  }
  return found;
}
