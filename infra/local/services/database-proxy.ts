/** Neon's protocol in front of the local Postgres. */
import * as z from "zod";
import { startNeonProxy } from "../neon/proxy.ts";
import { serve } from "./child.ts";

const Settings = z.object({ port: z.int(), database: z.object({ host: z.string(), port: z.int() }) });

serve(Settings, ({ port, database }) => startNeonProxy(port, database));
