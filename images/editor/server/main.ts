/** The editor server of one owner: holds the open documents of their projects and runs the cells. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { ChangeNotices } from "./daemon/change-notices.ts";
import { Daemon } from "./daemon/daemon.ts";
import { Documents } from "./document/documents.ts";
import { Forwarding } from "./document/forwarding.ts";
import { prepareJournals } from "./document/state-folder.ts";
import { keepDrawing } from "./files/drawings.ts";
import { FileOperations } from "./files/file-operations.ts";
import { Moves } from "./files/moves.ts";
import { keepPicture } from "./files/pictures.ts";
import { Zips } from "./files/zips.ts";
import { createEditorServer } from "./http/server.ts";
import { Trees } from "./http/tree.ts";
import { Runner } from "./runs/runner.ts";
import { ProjectSearch } from "./search/project-search.ts";
import { readSettings } from "./settings.ts";

const TIDY_AFTER_START_MS = 1_000;

const settings = readSettings(process.env);
await prepareJournals(settings.journals);

const daemon = new Daemon(settings.daemonSocket);
const notices = new ChangeNotices(daemon);
const documents = new Documents(settings);
documents.events.on("saved", ({ projectId, path }) => notices.add(projectId, path));
const runner = new Runner(documents, daemon, settings.projects);
const changed = (projectId: string, path: string) => notices.add(projectId, path);
const files = new FileOperations(settings, documents, changed);
await files.sweep();
const forwarding = new Forwarding(settings.forwarding, settings.journals);
await forwarding.sweep();
const trees = new Trees(settings.projects);
const moves = new Moves({ places: settings, documents, forwarding, trees, changed });
const server = createEditorServer({
  documents,
  runner,
  trees,
  files,
  moves,
  forwarding,
  zips: new Zips(settings.projects, documents),
  search: new ProjectSearch(settings.projects, documents),
  async keepDrawing(projectId, drawing) {
    notices.add(projectId, await keepDrawing(join(settings.projects, projectId), drawing));
  },
  async keepPicture(projectId, type, content) {
    const path = await keepPicture(join(settings.projects, projectId), type, content);
    notices.add(projectId, path);
    return path;
  },
});

/** Gives back what starting and closed documents left behind; Node would keep it until it needs the room itself. */
const tidy = () => globalThis.gc?.();
documents.events.on("empty", tidy);
setTimeout(tidy, TIDY_AFTER_START_MS).unref();

await moves.recover();
await documents.recover();
await rm(settings.editorSocket, { force: true });
server.listen(settings.editorSocket);

async function end(): Promise<void> {
  server.close();
  server.closeAllConnections();
  runner.stop();
  await documents.closeAll();
  await notices.stop();
  process.exit(0);
}
process.once("SIGTERM", () => void end());
process.once("SIGINT", () => void end());
