/** Starts one platform for all tests of this folder, with a state of its own, and sees that it leaves nothing behind. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { stateFolders } from "../../infra/local/folders.ts";
import { namesFor } from "../../infra/local/platform.ts";
import { podmanInside } from "../../infra/local/podman.ts";
import { remains, startPlatform } from "./platform.ts";

const PORT = 8801;
/** For gpu.test.ts, which waits for it. */
const GPU_IDLE_SECONDS = 10;

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const state = join(import.meta.dirname, "../../.markco/test");
  await rm(state, { recursive: true, force: true });
  const environment = { MARKCO_HOST_UP_SECONDS: "40", MARKCO_GPU_IDLE_SECONDS: String(GPU_IDLE_SECONDS) };
  const platform = await startPlatform({ state, port: PORT }, environment);
  project.provide("platform", { state, port: PORT });
  // For images/runtime/*.image.test.ts: the base server's Podman has the image.
  process.env.MARKCO_RUNTIME_IMAGE = "localhost/markco-runtime:latest";
  process.env.MARKCO_PODMAN = podmanInside(namesFor(stateFolders({ MARKCO_STATE: state })).baseServer).join(" ");
  return async () => {
    await platform.stop();
    const left = await remains(state, PORT);
    if (left.length > 0) throw new Error(`the platform left behind: ${left.join("; ")}`);
  };
}

declare module "vitest" {
  export interface ProvidedContext {
    platform: { state: string; port: number };
  }
}
