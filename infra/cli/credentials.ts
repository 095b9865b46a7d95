/** Where the platform is and how this person is known there. */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import * as z from "zod";
import { Fault } from "../../shared/daemon/fault.ts";
import { stateFolders } from "../local/folders.ts";

const Credentials = z.object({ url: z.url().transform((url) => url.replace(/\/$/, "")), token: z.string().min(1) });
export type Credentials = z.infer<typeof Credentials>;

/** Written by `markco start` for the platform of this clone. */
export function localCredentialsFile(environment: NodeJS.ProcessEnv): string {
  return join(stateFolders(environment).root, "cli.json");
}

function ownFile(environment: NodeJS.ProcessEnv): string {
  return join(environment.XDG_CONFIG_HOME ?? join(homedir(), ".config"), "markco", "credentials.json");
}

/**
 * In this order: MARKCO_URL with MARKCO_TOKEN, the platform that runs in this clone, what `markco login` has kept.
 * Throws Fault("unauthenticated") if there is none.
 */
export async function findCredentials(environment: NodeJS.ProcessEnv): Promise<Credentials> {
  const { MARKCO_URL: url, MARKCO_TOKEN: token } = environment;
  if (url && token) return Credentials.parse({ url, token });
  for (const file of [localCredentialsFile(environment), ownFile(environment)]) {
    const text = await readFile(file, "utf8").catch(() => null);
    if (text === null) continue;
    const found = Credentials.safeParse(safeJson(text));
    if (!found.success) throw new Fault("invalid", `${file} is damaged; remove it and sign in again`);
    if (!url || found.data.url === url.replace(/\/$/, "")) return found.data;
  }
  throw new Fault("unauthenticated", "no platform is known here; run `npm start`, or `markco login URL`");
}

export function keepLocalCredentials(environment: NodeJS.ProcessEnv, credentials: Credentials): Promise<void> {
  return keep(localCredentialsFile(environment), credentials);
}

export function keepOwnCredentials(environment: NodeJS.ProcessEnv, credentials: Credentials): Promise<void> {
  return keep(ownFile(environment), credentials);
}

async function keep(file: string, credentials: Credentials): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  // A new file, because the mode of one that is there would stay as it is.
  await writeFile(`${file}.new`, `${JSON.stringify(credentials)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
