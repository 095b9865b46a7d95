/** The daemon of a local platform, asked as the edge asks it. */
import { baseServerUrl } from "../../../infra/local/base-server.ts";
import { stateFolders } from "../../../infra/local/folders.ts";
import { openNetwork } from "../../../infra/local/network.ts";
import { namesFor } from "../../../infra/local/platform.ts";
import { ensureSecrets } from "../../../infra/local/secrets.ts";
import { type Actor, encodeActor } from "../../../shared/daemon/actor.ts";
import { sign } from "../../../shared/daemon/signature.ts";

/** Returns what posts a request in the name of `actor` and reads the answer. */
export async function openDaemon(
  state: string,
  actor: Actor,
): Promise<(target: string, body: object) => Promise<unknown>> {
  const folders = stateFolders({ MARKCO_STATE: state });
  const { daemon: secret } = await ensureSecrets(folders.secrets);
  const url = baseServerUrl(await openNetwork(namesFor(folders).network));
  return async (target, request) => {
    const body = new TextEncoder().encode(JSON.stringify(request));
    const parts = { audience: "daemon", method: "POST", target, body, actor: encodeActor(actor) } as const;
    const response = await fetch(url + target, { method: "POST", headers: await sign(secret, parts), body });
    return response.json();
  };
}
