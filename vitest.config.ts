import { defineConfig } from "vitest/config";

const everywhere = ["**/node_modules/**", "**/dist/**", "**/.markco/**"];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["{shared,reader,edge,compute,images,infra}/**/*.test.ts"],
          exclude: everywhere,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        // One platform for all of them, so they run one after the other.
        test: {
          name: "platform",
          include: ["test/platform/**/*.test.ts"],
          exclude: everywhere,
          globalSetup: ["test/platform/setup.ts"],
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
