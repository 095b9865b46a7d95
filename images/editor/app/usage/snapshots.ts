/** How much the snapshots of a person's projects take. */
import type { Plan, ProjectInUse } from "../../../../shared/usage.ts";
import { editAddress } from "../address.ts";
import type { User } from "../api.ts";
import { element } from "../element.ts";
import { size } from "../size.ts";
import { table } from "./table.ts";

export function kept(projects: readonly ProjectInUse[], plan: Plan | null, user: User): HTMLElement {
  const some = projects.filter(({ snapshots }) => snapshots.count > 0);
  if (some.length === 0) return element("p", { class: "hint" }, "None.");
  const of = plan === null ? "" : ` of ${size(plan.snapshotQuotaBytes)}`;
  return table({
    label: "Snapshots by project",
    columns: [{ title: "Project" }, { title: "Number", isNumber: true }, { title: "Space", isNumber: true }],
    rows: some.map(({ slug, snapshots: { count, bytes } }) => [
      element("a", { href: editAddress(user.handle, slug, null) }, slug),
      String(count),
      `${size(bytes)}${of}`,
    ]),
  });
}
