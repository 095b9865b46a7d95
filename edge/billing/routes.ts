import { and, eq, gt, isNull, or } from "drizzle-orm";
import { Hono } from "hono";
import { usage } from "../database/schema.ts";
import type { App } from "../environment.ts";
import { billOf, monthOf } from "./bill.ts";

/** What this person's machines have cost since the month began. */
export const billing = new Hono<App>().get("/cost", async (context) => {
  const { database, person } = context.var;
  const now = new Date();
  const rows = await database
    .select()
    .from(usage)
    .where(and(eq(usage.userId, person.userId), or(isNull(usage.to), gt(usage.to, monthOf(now)))));
  return context.json(billOf(rows, now));
});
