/** A project made in the browser: an import of the few files that each one begins with. */
import { Hono } from "hono";
import { firstConfig } from "../../shared/config/first-config.ts";
import { toHex } from "../../shared/daemon/signature.ts";
import { type MadeProject, NewProject } from "../../shared/new-project.ts";
import type { App } from "../environment.ts";
import { readJson } from "./body.ts";
import { beginImport, commitImport, giveUpImport, sendFile } from "./imports.ts";

export const newProject = new Hono<App>().post("/projects", async (context) => {
  const { title, name } = await readJson(context, NewProject, "project");
  const { handle } = context.var.person;
  const contents = firstFiles(title, `${handle}/${name}`);
  const files = await Promise.all(
    contents.map(async ([path, content]) => ({
      path,
      bytes: content.length,
      sha256: toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", content))),
    })),
  );
  const begun = await beginImport(context, name, files);
  try {
    for (const [path, content] of contents) await sendFile(context, begun.importId, path, content);
    await commitImport(context, begun);
  } catch (error) {
    await giveUpImport(context, begun).catch(() => {});
    throw error;
  }
  return context.json({ projectId: begun.projectId, owner: { handle }, slug: name } satisfies MadeProject, 201);
});

/** @param site `user/name` of its site */
function firstFiles(title: string, site: string): [path: string, content: Uint8Array<ArrayBuffer>][] {
  const page = `# ${title}

Write here. A block like the next one is a cell: Ctrl-Enter runs it.

\`\`\`python
print("It runs.")
\`\`\`
`;
  const encode = (text: string) => new Uint8Array(new TextEncoder().encode(text));
  return [
    ["mrmd.md", encode(firstConfig(title, site, ["index.md"]))],
    ["index.md", encode(page)],
  ];
}
