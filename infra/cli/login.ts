/** `markco login`: signs the command line in through a browser (RFC 8628). */
import { parseArgs } from "node:util";
import * as z from "zod";
import { Fault, parse } from "../../shared/daemon/fault.ts";
import { type Command, UsageFault } from "./command.ts";
import { keepOwnCredentials } from "./credentials.ts";

const DeviceCode = z.object({
  device_code: z.string(),
  user_code: z.string(),
  verification_uri: z.url(),
  verification_uri_complete: z.url(),
  expires_in: z.number(),
  interval: z.number(),
});
export type DeviceCode = z.infer<typeof DeviceCode>;

const TokenAnswer = z.union([z.object({ access_token: z.string() }), z.object({ error: z.string() })]);

/**
 * Asks for a code, lets `approve` bring it to a person, and waits until they have approved. Returns the token.
 * Throws Fault("unauthenticated") if they have not in time.
 */
export async function deviceSignIn(url: string, approve: (code: DeviceCode) => Promise<void>): Promise<string> {
  const code = parse(DeviceCode, await post(`${url}/api/device/code`, {}), "the device code");
  await approve(code);
  const deadline = Date.now() + code.expires_in * 1000;
  while (Date.now() < deadline) {
    const answer = parse(
      TokenAnswer,
      await post(`${url}/api/device/token`, { device_code: code.device_code }),
      "the token",
    );
    if ("access_token" in answer) return answer.access_token;
    if (answer.error !== "authorization_pending") break;
    await new Promise((resolve) => setTimeout(resolve, code.interval * 1000));
  }
  throw new Fault("unauthenticated", "nobody approved the code in time; begin again");
}

async function post(url: string, body: object): Promise<unknown> {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(url, init).catch(() => null);
  if (!response) throw new Fault("unavailable", `${new URL(url).origin} does not answer`);
  return response.json().catch(() => null);
}

export const command: Command = {
  name: "login",
  usage: "markco login URL [--json]",
  summary: "sign this command line in",
  help: `
Shows a code and an address; open the address in a browser, sign in and allow the code.
The platform of this clone needs no login: npm start signs its own command line in.

MARKCO_URL and MARKCO_TOKEN in the environment are used instead, where both are set.`,
  async run(args) {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { json: { type: "boolean" } } });
    const origin = z.url().safeParse(positionals[0]);
    if (!origin.success || positionals.length !== 1)
      throw new UsageFault("name the platform's address: markco login https://…");
    const url = new URL(origin.data).origin;
    const token = await deviceSignIn(url, async (code) => {
      process.stderr.write(`Open ${code.verification_uri_complete}\nand allow the code ${code.user_code}\n`);
    });
    await keepOwnCredentials(process.env, { url, token });
    process.stdout.write(values.json ? `${JSON.stringify({ url })}\n` : `signed in at ${url}\n`);
    return 0;
  },
};
