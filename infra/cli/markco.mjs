#!/usr/bin/env node
process.argv.splice(2, 0, "infra/cli/main.ts");
await import("../bootstrap.mjs");
