/** The agent of a host that was launched: it learns from its user data whose it is, and serves that daemon until it is stopped. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseJson } from "../../shared/daemon/fault.ts";
import { Podman } from "../podman/podman.ts";
import { Agent } from "./agent.ts";
import { identityOf, serveDaemon } from "./dial-daemon.ts";
import { interruptionMs, userData } from "./metadata.ts";
import { Invitation } from "./wire.ts";

/** The identity is where images/host looks for it. */
const STATE = "/var/lib/markco/agent";
const RUN = "/run/markco";
/** AWS says to look this often for the notice, which comes two minutes ahead. */
const NOTICE_MS = 5_000;
const IMAGES = { runtime: "localhost/markco-runtime:latest", editor: "localhost/markco-editor:latest" };

export async function startAgent(): Promise<{ stop(): Promise<void> }> {
  const invitation = parseJson(Invitation, await userData(), "user data");
  const archives = join(STATE, "archives");
  for (const folder of [archives, RUN]) await mkdir(folder, { recursive: true, mode: 0o700 });
  const identity = await identityOf(join(STATE, "host.pem"), invitation);
  const podman = new Podman(join(RUN, "podman.sock"));
  await podman.startService();
  const stopping = new AbortController();
  let noticeMs: number | null = null;
  const listening = setInterval(() => {
    interruptionMs().then(
      (atMs) => {
        noticeMs = atMs;
      },
      (error: Error) => console.error(`agent: ${error.message}`),
    );
  }, NOTICE_MS);
  const agent = new Agent(podman, IMAGES, archives, { share: invitation.share, interruptionMs: () => noticeMs });
  const served = serveDaemon(agent, invitation, identity, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      clearInterval(listening);
      await served;
      podman.stopService();
    },
  };
}
