/** Bundles once what tests start, what they serve to their browsers, and what they weigh. */
import { buildAll } from "../../infra/build.ts";

export default function setup(): Promise<void> {
  return buildAll();
}
