/** Starts one platform for all tests of this folder, with a state of its own, and sees that it leaves nothing behind. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { remains, startPlatform } from "./platform.ts";

const PORT = 8791;

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const state = join(import.meta.dirname, "../../.markco/test");
  await rm(state, { recursive: true, force: true });
  const platform = await startPlatform({ state, port: PORT });
  project.provide("platform", { state, port: PORT });
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
