/** Bundles once what tests serve to their browsers, and what they weigh. */
import { buildAll } from "../../infra/build.ts";

export default function setup(): Promise<void> {
  return buildAll(["app", "theme", "reader", "diagram", "offline", "search", "worker"]);
}
