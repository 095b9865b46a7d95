/** What an instance knows of itself, from EC2's metadata service (version 2). */
import * as z from "zod";

/** The variable is the AWS SDKs' own. */
const ENDPOINT = process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT ?? "http://169.254.169.254";
const TOKEN_SECONDS = 300;
const ANSWER_MS = 5_000;

const SpotNotice = z.object({ action: z.string(), time: z.iso.datetime() });

/** Throws an Error if the service does not answer. */
export async function userData(): Promise<string> {
  const text = await read("/latest/user-data");
  if (text === null) throw new Error("this instance was launched without user data");
  return text;
}

/** When a spot instance will be taken, or null. */
export async function interruptionMs(): Promise<number | null> {
  const text = await read("/latest/meta-data/spot/instance-action");
  return text === null ? null : Date.parse(SpotNotice.parse(JSON.parse(text)).time);
}

async function read(path: string): Promise<string | null> {
  const token = await ask("PUT", "/latest/api/token", {
    "x-aws-ec2-metadata-token-ttl-seconds": String(TOKEN_SECONDS),
  });
  return ask("GET", path, { "x-aws-ec2-metadata-token": token ?? "" });
}

async function ask(method: string, path: string, headers: Record<string, string>): Promise<string | null> {
  const response = await fetch(ENDPOINT + path, { method, headers, signal: AbortSignal.timeout(ANSWER_MS) });
  const text = await response.text();
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`the instance metadata service answers ${path} with ${response.status}`);
  return text;
}
