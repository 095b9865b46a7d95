/** Taking a project in: files gather in a staging folder, are checked, and become the project in one rename. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod";
import { describeProblem, parseConfig } from "../../shared/config/config.ts";
import { ImportRequest, Owner, Slug } from "../../shared/daemon/contract.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import type { Journal } from "../journal/journal.ts";
import type { OperationKind } from "../journal/operations.ts";
import { exists, type Folders, removeTree, syncFolder, writeAtomic } from "./folders.ts";
import type { Projects } from "./projects.ts";

/** An import that nobody finished is thrown away after this long. */
const ABANDONED_MS = 60 * 60 * 1000;

export class Imports {
  readonly #journal: Journal;
  readonly #folders: Folders;

  constructor(journal: Journal, folders: Folders) {
    this.#journal = journal;
    this.#folders = folders;
  }

  /** Begins an import; the same request again goes on with it. */
  async begin(request: ImportRequest): Promise<void> {
    await mkdir(this.#folders.staging(request.owner.userId, request.importId), { recursive: true, mode: 0o700 });
    this.#journal.run(
      "insert or ignore into imports (id, request, created_ms) values (?, ?, ?)",
      request.importId,
      JSON.stringify(request),
      Date.now(),
    );
  }

  /** Takes one file. It must be one that the request named, with the size and hash that it named. */
  async take(importId: string, path: string, content: Buffer): Promise<void> {
    const request = this.get(importId);
    const file = request.files.find((candidate) => candidate.path === path);
    if (!file) throw new Fault("invalid", `${path} is not part of this import`);
    const sha256 = createHash("sha256").update(content).digest("hex");
    if (content.length !== file.bytes || sha256 !== file.sha256) {
      throw new Fault("invalid", `${path} arrived with other content than was announced; send it again`);
    }
    await writeAtomic(join(this.#folders.staging(request.owner.userId, importId), path), content);
  }

  /** Checks that all is there and good. Throws Fault("invalid") that names the first thing that is not. */
  async check(request: ImportRequest): Promise<void> {
    const staging = this.#folders.staging(request.owner.userId, request.importId);
    for (const file of request.files) {
      const info = await stat(join(staging, file.path)).catch(() => null);
      if (info?.size !== file.bytes) throw new Fault("invalid", `${file.path} has not arrived`);
      if (!/\.(md|qmd)$/i.test(file.path)) continue;
      const problem = problemOfText(await readFile(join(staging, file.path)));
      if (problem) throw new Fault("invalid", `${file.path}: ${problem}`, file.path);
    }
    const configuration = parseConfig(await readFile(join(staging, "mrmd.md"), "utf8"));
    if ("problems" in configuration && configuration.problems[0]) {
      const problem = configuration.problems[0];
      throw new Fault("invalid", describeProblem(problem), `${problem.file}:${problem.line}`);
    }
  }

  get(importId: string): ImportRequest {
    const row = this.#journal.row("select request from imports where id = ?", importId);
    if (!row) throw new Fault("not_found", "no such import");
    return ImportRequest.parse(JSON.parse(String(row.request)));
  }

  /** Gives an import up, wherever it is. */
  async discard(importId: string): Promise<void> {
    const request = this.get(importId);
    await removeTree(this.#folders.staging(request.owner.userId, importId));
    this.close(importId);
  }

  close(importId: string): void {
    this.#journal.run("delete from imports where id = ?", importId);
  }

  async sweep(nowMs: number): Promise<void> {
    for (const row of this.#journal.rows("select id from imports where created_ms < ?", nowMs - ABANDONED_MS)) {
      await this.discard(String(row.id));
    }
  }
}

/** Says why the bytes are not a document's text, or null. */
function problemOfText(bytes: Buffer): string | null {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return null;
  } catch {
    return "not UTF-8; save it in that encoding";
  }
}

const Input = z.object({ importId: z.uuid(), projectId: z.uuid(), owner: Owner, slug: Slug });

/** Staging folder → project folder → record, each step harmless when it acts again. */
export function commitImport(
  imports: Imports,
  projects: Projects,
  folders: Folders,
): OperationKind<z.infer<typeof Input>, Record<string, never>> {
  const target = (input: z.infer<typeof Input>) => folders.project(input.owner.userId, input.projectId);
  return {
    kind: "import",
    input: Input,
    data: z.object({}),
    subject: (input) => `project:${input.projectId}`,
    steps: [
      {
        name: "record",
        act: async ({ projectId, owner, slug }) => {
          projects.record({ id: projectId, owner, slug });
          return undefined;
        },
        undo: async ({ projectId }) => projects.forget(projectId),
      },
      {
        name: "move into place",
        act: async (input) => {
          const staging = folders.staging(input.owner.userId, input.importId);
          await mkdir(dirname(target(input)), { recursive: true });
          if (await exists(staging)) await rename(staging, target(input));
          else if ((await readdir(target(input)).catch(() => [])).length === 0)
            throw new Error("the imported files are gone");
          await syncFolder(dirname(target(input)));
          return undefined;
        },
      },
      {
        name: "close the import",
        act: async ({ importId }) => {
          imports.close(importId);
          return undefined;
        },
      },
    ],
  };
}
