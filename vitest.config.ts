import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const everywhere = ["**/node_modules/**", "**/dist/**", "**/.markco/**"];

/** They need what only a started platform has: the built images in the base server's Podman. */
const WITH_IMAGES = ["images/runtime/*.image.test.ts"];

/** What a test waits for comes when the processors that it shares let it. */
const expect = { poll: { timeout: 10_000 } };

export default defineConfig({
  test: {
    // Most of them wait for browsers and servers of their own: one for each core but one, as is usual, leaves them idle.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      {
        test: {
          name: "unit",
          include: ["{shared,reader,edge,compute,images,infra}/**/*.test.ts", "test/unit/**/*.test.ts"],
          exclude: [...everywhere, ...WITH_IMAGES],
          globalSetup: ["test/unit/setup.ts"],
          testTimeout: 30_000,
          expect,
          hookTimeout: 60_000,
        },
      },
      {
        // One platform for all of them, so they run one after the other.
        test: {
          name: "platform",
          include: ["test/platform/**/*.test.ts", ...WITH_IMAGES],
          exclude: everywhere,
          globalSetup: ["test/platform/setup.ts"],
          fileParallelism: false,
          testTimeout: 240_000,
          expect,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
