/**
 * Where a web app that a person's code serves is seen: an origin of its own for each project and port, below the host that
 * is set aside for such apps. Its scripts share no cookie, storage or frame with markco's pages or with another project's.
 */
import * as z from "zod";
import type { Settings } from "../environment.ts";

/** Below 1024 are no ports for people's programs: a runtime has no right to listen there. */
export const AppPort = z.coerce.number("a port is a number").int().min(1024, "a port is 1024 to 65535").max(65535);

export interface AppPlace {
  readonly projectId: string;
  readonly port: number;
}

const LABEL = /^p(\d{4,5})-([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;

export function appOrigin(settings: Settings, { projectId, port }: AppPlace): string {
  const apps = appsUrl(settings);
  return `${apps.protocol}//p${port}-${projectId.replaceAll("-", "")}.${apps.host}`;
}

/** The app that `url` belongs to; "none" if its host is set aside for apps and names none; null if it is no such host. */
export function appAt(settings: Settings, url: URL): AppPlace | "none" | null {
  const apps = `.${appsUrl(settings).host}`;
  if (!url.host.endsWith(apps)) return null;
  const [, port, ...id] = LABEL.exec(url.host.slice(0, -apps.length)) ?? [];
  const parsed = AppPort.safeParse(port);
  return parsed.success ? { projectId: id.join("-"), port: parsed.data } : "none";
}

function appsUrl({ PUBLIC_ORIGIN, APPS_ORIGIN }: Settings): URL {
  return new URL(APPS_ORIGIN ?? PUBLIC_ORIGIN.replace("://", "://apps."));
}
