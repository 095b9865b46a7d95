/**
 * Jupyter is the measure: each page of the corpus gives the same values and figures in markco as in a notebook.
 * 01, 08 and 09 want data from the network: most of their cells fail, and have to fail alike.
 */
import { createHash } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { Fault } from "../../shared/daemon/fault.ts";
import { findCells, kernelLanguage } from "../../shared/document/cells.ts";
import { ExecutionEvent } from "../../shared/mrp/mrp.ts";
import { installForImage, type JupyterOutput, runInJupyter } from "../bench/runtime/in-image.ts";
import { api, CORPUS, markco } from "./platform.ts";

/** What differs without being a value. */
const NORMALISED: readonly (readonly [what: string, pattern: RegExp, as: string])[] = [
  ["addresses in memory", /\b0x[0-9a-f]{6,}\b/g, "0x…"],
  ["line ends of `!command`, which Jupyter runs at a terminal", /\r\n/g, "\n"],
  ["a sample that 07 draws without a seed", /The t value is \S+ and the p value is \S+\./g, "The t value is …"],
];

/** What a cell has given: normalised text, and figures as a line each with the hash of the PNG. */
type Given = Record<"stdout" | "stderr" | "result" | "displays" | "error" | "figures", string>;

interface Page {
  readonly name: string;
  readonly codes: readonly string[];
}

const place = inject("platform");
const image = {
  podman: (process.env.MARKCO_PODMAN ?? "podman").split(" "),
  image: process.env.MARKCO_RUNTIME_IMAGE ?? "",
};
const packages = await installForImage(image).catch((error: unknown) => {
  if (!(error instanceof Fault)) throw error;
  console.warn(`not compared with Jupyter: ${error.message}`);
  return null;
});
const pages = await readPages();

describe.skipIf(packages === null)("values and figures of Jupyter", () => {
  let ours: Record<string, Given[]> = {};
  let theirs: Record<string, Given[]> = {};

  beforeAll(async () => {
    const project = join(await mkdtemp(join(tmpdir(), "jupyter-")), "pages");
    await cp(CORPUS, project, { recursive: true });
    // The corpus's own publishes it.
    await writeFile(join(project, "mrmd.md"), "# Pages\n");
    [ours, theirs] = await Promise.all([runInMarkco(project), runAsNotebooks(project)]);
    console.table(
      Object.fromEntries(pages.map(({ name }) => [name, countsOf(ours[name] ?? [], differences(name).length)])),
    );
  });

  test.each(pages)("$name", ({ name, codes }) => {
    expect(ours[name]).toHaveLength(codes.length);
    expect(differences(name)).toEqual([]);
  });

  function differences(name: string): object[] {
    return (theirs[name] ?? []).flatMap((given, i) =>
      Object.entries(given).flatMap(([what, jupyter]) => {
        const markco = ours[name]?.[i]?.[what as keyof Given];
        return markco === jupyter ? [] : [{ cell: i + 1, what, markco, jupyter }];
      }),
    );
  }
});

async function readPages(): Promise<Page[]> {
  const names = (await readdir(CORPUS)).filter((name) => /^\d.*\.md$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const cells = findCells(await readFile(join(CORPUS, name), "utf8"));
      return { name, codes: cells.filter((cell) => kernelLanguage(cell) === "python").map(({ fence }) => fence.text) };
    }),
  );
}

/** Each page in a session of its own. */
async function runInMarkco(project: string): Promise<Record<string, Given[]>> {
  const imported = await markco(place, "import", project, "--name", "as-in-jupyter", "--json");
  const { projectId } = JSON.parse(imported.stdout);
  const given: Record<string, Given[]> = {};
  for (const { name, codes } of pages) {
    const session = `${projectId}:${name}`;
    const cells: Given[] = [];
    for (const code of codes) cells.push(givenByMarkco(code, await execute(projectId, { code, session })));
    given[name] = cells;
  }
  return given;
}

async function runAsNotebooks(project: string): Promise<Record<string, Given[]>> {
  const notebooks = Object.fromEntries(pages.map(({ name, codes }) => [name, codes]));
  const outputs = await runInJupyter(image, packages ?? "", project, notebooks);
  const given = ({ name, codes }: Page) => codes.map((code, i) => givenByJupyter(code, outputs[name]?.[i] ?? []));
  return Object.fromEntries(pages.map((page) => [page.name, given(page)]));
}

async function execute(projectId: string, request: { code: string; session: string }): Promise<ExecutionEvent[]> {
  const response = await api(place, `/api/projects/${projectId}/mrp/v1/execute/stream`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
  });
  const blocks = (await response.text()).matchAll(/^id: (.*)\nevent: (.*)\ndata: (.*)$/gm);
  return [...blocks].map(([, seq, event, data = ""]) =>
    ExecutionEvent.parse({ seq: Number(seq), event, data: JSON.parse(data) }),
  );
}

function givenByMarkco(code: string, events: readonly ExecutionEvent[]): Given {
  expect(events.at(-1)?.event, code).toBe("done");
  const given = nothing();
  for (const { event, data } of events) {
    if (event === "stdout" || event === "stderr") given[event] += data.content;
    else if (event === "display") show(given, data.data);
    else if (event === "result") given.result = String(data.data["text/plain"]);
    else if (event === "error") given.error = `${data.type}: ${data.message}`;
  }
  return normalised(code, given);
}

function givenByJupyter(code: string, outputs: readonly JupyterOutput[]): Given {
  const given = nothing();
  for (const output of outputs) {
    if (output.output_type === "stream") given[output.name] += output.text;
    else if (output.output_type === "display_data") show(given, output.data);
    else if (output.output_type === "execute_result") given.result = String(output.data["text/plain"]);
    else given.error = `${output.ename}: ${output.evalue}`;
  }
  return normalised(code, given);
}

const nothing = (): Given => ({ stdout: "", stderr: "", result: "", displays: "", error: "", figures: "" });

function show(given: Given, data: Readonly<Record<string, unknown>>): void {
  given.displays += `${data["text/plain"]}\n`;
  const png = data["image/png"];
  if (png)
    given.figures += `${createHash("sha256")
      .update(Buffer.from(String(png), "base64"))
      .digest("hex")}\n`;
}

function normalised(code: string, given: Given): Given {
  const clean = { ...given };
  for (const what of Object.keys(given) as (keyof Given)[])
    for (const [, pattern, as] of NORMALISED) clean[what] = clean[what].replace(pattern, as);
  // At a terminal `ls` makes columns.
  if (/^!\s*ls\b/m.test(code)) clean.stdout = clean.stdout.split(/\s+/).sort().join("\n");
  return clean;
}

function countsOf(cells: readonly Given[], different: number): object {
  const count = (values: (given: Given) => string[]) => cells.flatMap(values).filter((value) => value !== "").length;
  return {
    cells: cells.length,
    failed: count(({ error }) => [error]),
    texts: count(({ stdout, stderr, result, displays }) => [stdout, stderr, result, displays]),
    figures: count(({ figures }) => figures.split("\n")),
    different,
  };
}
