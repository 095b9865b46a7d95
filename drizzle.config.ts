import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: "./edge/database/schema.ts",
  out: "./edge/database/migrations",
});
