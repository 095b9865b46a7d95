/** Signs this clone's command line in as the demo account: by the same device code as anywhere, with a browser of our own. */
import { deviceSignIn } from "../cli/login.ts";
import { Browser } from "./browser.ts";
import { DEMO } from "./identity/accounts.ts";

/** Returns a token for the command line. Throws Fault, or an Error that names the page that was not as it should be. */
export function signInCommandLine(origin: string): Promise<string> {
  return deviceSignIn(origin, async ({ verification_uri_complete }) => {
    const browser = new Browser();
    const signIn = await browser.open(verification_uri_complete);
    const allow = await browser.submit(signIn, { name: DEMO.name, password: DEMO.password });
    const done = await browser.submit(allow, {});
    if (done.status !== 200) throw new Error(`the device page answered ${done.status}`);
  });
}
