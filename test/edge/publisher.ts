/** Publishes folders by the daemon's own code, with a journal that lives as long as this does. */
import { randomUUID } from "node:crypto";
import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Outbox } from "../../compute/events/outbox.ts";
import { Journal } from "../../compute/journal/journal.ts";
import { Operations } from "../../compute/journal/operations.ts";
import { Folders } from "../../compute/projects/folders.ts";
import { Projects } from "../../compute/projects/projects.ts";
import { openS3 } from "../../compute/s3.ts";
import { Sites } from "../../compute/site/sites.ts";
import { SiteStore } from "../../compute/site/store.ts";
import type { LocalS3 } from "./local-s3.ts";

const HANDLE = "demo";

export class Publisher {
  readonly #projects: Projects;
  readonly #sites: Sites;
  readonly #ownerId = randomUUID();
  /** Name of a site → its project. */
  readonly #known = new Map<string, string>();

  constructor(folder: string, store: LocalS3["settings"]) {
    const journal = new Journal(":memory:");
    this.#projects = new Projects(journal, new Folders(folder));
    // It has nobody to tell: what is posted stays in the journal.
    const outbox = new Outbox(journal, "http://127.0.0.1:9", "");
    outbox.stop();
    const siteStore = new SiteStore(openS3(store), store.S3_BUCKET);
    this.#sites = new Sites(journal, new Operations(journal), this.#projects, siteStore, outbox);
  }

  /** @returns `@demo/<name>` */
  async publish(name: string, source: string): Promise<string> {
    const id = this.#known.get(name) ?? randomUUID();
    this.#known.set(name, id);
    this.#projects.record({ id, owner: { userId: this.#ownerId, handle: HANDLE }, slug: name });
    const project = this.#projects.get(id);
    const root = this.#projects.root(project);
    await rm(root, { recursive: true, force: true });
    await cp(source, root, { recursive: true });
    const config = `name: ${name}\npublish: { url: "@${HANDLE}/${name}", visibility: public }\n`;
    await writeFile(join(root, "mrmd.md"), `\`\`\`yaml config\n${config}\`\`\`\n`);
    await this.#sites.publish(project);
    return `@${HANDLE}/${name}`;
  }
}
