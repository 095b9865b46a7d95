/** Host names under which sites are shown. Who asks first has a name for as long as their manifest says so. */
import type { Domain } from "../../shared/site/manifest.ts";
import type { SiteStore } from "./store.ts";

/** True if the host shows this site from now on; false if it shows another one. */
export async function claimDomain(store: SiteStore, host: string, { projectId, user, name }: Domain): Promise<boolean> {
  const wanted: Domain = { projectId, user, name };
  for (;;) {
    const held = await store.domain(host);
    if (held?.domain.projectId === projectId && held.domain.user === user && held.domain.name === name) return true;
    if (held && held.domain.projectId !== projectId && (await isShown(store, host, held.domain))) return false;
    if (await store.putDomain(host, wanted, held?.etag ?? null)) return true;
  }
}

/** Lets go of the host if it is this project's. */
export async function releaseDomain(store: SiteStore, host: string, projectId: string): Promise<void> {
  const held = await store.domain(host);
  if (held?.domain.projectId === projectId) await store.removeDomain(host);
}

/** A daemon that was stopped between two steps may have left a name behind. */
async function isShown(store: SiteStore, host: string, { projectId, user, name }: Domain): Promise<boolean> {
  const manifest = (await store.manifest(user, name))?.manifest;
  return manifest?.projectId === projectId && manifest.domain === host;
}
