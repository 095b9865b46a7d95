/** Events of the daemon: signed, and harmless however often they are sent. */
import { and, eq, lt } from "drizzle-orm";
import { Hono } from "hono";
import { DaemonEvent } from "../../shared/daemon/contract.ts";
import { Fault, parseJson } from "../../shared/daemon/fault.ts";
import { MAX_JSON_BYTES } from "../../shared/daemon/limits.ts";
import { SIGNATURE_WINDOW_MS, verify } from "../../shared/daemon/signature.ts";
import { type Database, pointsNowhere } from "../database/database.ts";
import { migrations, projects, runtimes, seen, signals, sites, snapshots, usage } from "../database/schema.ts";
import type { App } from "../environment.ts";
import { readBody } from "../projects/body.ts";

export const events = new Hono<App>().post("/", async (context) => {
  const { database, settings } = context.var;
  const body = await readBody(context, MAX_JSON_BYTES);
  const url = new URL(context.req.url);
  const fault = await verify(
    settings.DAEMON_SECRET,
    { audience: "edge", method: context.req.method, target: url.pathname + url.search, body },
    (name) => context.req.header(name),
    { claim: (nonce) => claim(database, `nonce:${nonce}`) },
  );
  if (fault) throw new Fault("unauthenticated", `the request's signature is ${fault}`);
  await take(database, parseJson(DaemonEvent, new TextDecoder().decode(body), "event"));
  return context.json({});
});

/** True the first time. What is older than a signature can be is swept now and then. */
async function claim(database: Database, key: string): Promise<boolean> {
  if (Math.random() < 0.01)
    await database.delete(seen).where(lt(seen.at, new Date(Date.now() - 4 * SIGNATURE_WINDOW_MS)));
  return (await database.insert(seen).values({ key }).onConflictDoNothing().returning({ key: seen.key })).length === 1;
}

/** States replace each other, and the daemon sends them in order: taking one twice changes nothing. */
async function take(database: Database, event: DaemonEvent): Promise<void> {
  const updated = new Date();
  const { projectId } = event;
  try {
    switch (event.type) {
      case "site":
        await database
          .insert(sites)
          .values({ projectId, state: event.site, updated })
          .onConflictDoUpdate({ target: sites.projectId, set: { state: event.site, updated } });
        break;
      case "runtime":
        await database
          .insert(runtimes)
          .values({ projectId, state: event.runtime, updated })
          .onConflictDoUpdate({ target: runtimes.projectId, set: { state: event.runtime, updated } });
        break;
      case "usage": {
        const { id, tier, dollarsPerHour, from, to } = event.usage;
        const ended = { to: to === null ? null : new Date(to) };
        const [owner] = await database
          .select({ userId: projects.ownerId, project: projects.slug })
          .from(projects)
          .where(eq(projects.id, projectId));
        // A project that is gone: what its machine cost until now is known, and its end closes that.
        if (!owner) await database.update(usage).set(ended).where(eq(usage.id, id));
        else {
          await database
            .insert(usage)
            .values({ id, ...owner, tier, dollarsPerHour, from: new Date(from), ...ended })
            .onConflictDoUpdate({ target: usage.id, set: ended });
        }
        break;
      }
      case "signal":
        await database
          .insert(signals)
          .values({
            id: event.id,
            projectId,
            name: event.signal.name,
            detail: event.signal.detail,
            at: new Date(event.signal.at),
          })
          .onConflictDoNothing();
        break;
      case "move": {
        const { id, from, to, state, phase, phases, error } = event.move;
        const now = {
          state,
          phase,
          provisionMs: phases.provision ?? null,
          checkpointMs: phases.checkpoint ?? null,
          transferMs: phases.transfer ?? null,
          restoreMs: phases.restore ?? null,
          reason: error,
          updated,
        };
        await database
          .insert(migrations)
          .values({ id, projectId, fromTier: from, toTier: to, ...now })
          .onConflictDoUpdate({ target: migrations.id, set: now });
        break;
      }
      case "snapshot": {
        const { id, name, bytes, tier, created, madeBy, shared, problem } = event.snapshot;
        const now = { name, bytes, tier, shared, problem };
        await database
          .insert(snapshots)
          .values({ id, projectId, madeBy, created: new Date(created), ...now })
          .onConflictDoUpdate({ target: snapshots.id, set: now });
        break;
      }
      case "snapshot-gone":
        await database
          .delete(snapshots)
          .where(and(eq(snapshots.id, event.snapshotId), eq(snapshots.projectId, projectId)));
        break;
    }
  } catch (error) {
    // The project is gone, and with it whoever would want to know.
    if (!pointsNowhere(error)) throw error;
  }
}
