/** The local OpenID provider. */
import * as z from "zod";
import { startProvider } from "../identity/provider.ts";
import { serve } from "./child.ts";

const Settings = z.object({
  port: z.int(),
  edgeOrigin: z.url(),
  clientId: z.string(),
  clientSecret: z.string(),
  cookieKey: z.string(),
  key: z.looseObject({ kty: z.literal("RSA") }),
});

serve(Settings, startProvider);
