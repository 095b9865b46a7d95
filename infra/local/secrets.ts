/** Random per installation and kept in one file that only root reads. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import * as z from "zod";
import { parse, parseJson } from "../../shared/daemon/fault.ts";

const Text = z.string().min(16);

const Secrets = z.object({
  /** Signs what edge and daemon say to each other. */
  daemon: Text,
  database: Text,
  s3: z.object({ accessKeyId: Text, secretAccessKey: Text }),
  ec2: z.object({ accessKeyId: Text, secretAccessKey: Text }),
  identity: z.object({
    clientSecret: Text,
    cookieKey: Text,
    /** Signs id tokens. */
    key: z.record(z.string(), z.unknown()),
  }),
});
export type Secrets = z.infer<typeof Secrets>;

/** Reads the installation's secrets; makes those that are missing. Throws Fault("invalid") if the file was damaged. */
export async function ensureSecrets(file: string): Promise<Secrets> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "{}";
    throw error;
  });
  const what = `${file} (npm start -- --fresh makes a new one)`;
  const known = parseJson(z.record(z.string(), z.unknown()), text, what);
  const secrets = parse(Secrets, { ...makeSecrets(), ...known }, what);
  // An installation of an earlier markco gets what is new since then.
  if (Object.keys(secrets).some((name) => !(name in known))) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
  return secrets;
}

function makeSecrets(): Secrets {
  const random = (bytes: number) => randomBytes(bytes).toString("hex");
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    daemon: random(32),
    database: random(24),
    s3: { accessKeyId: random(10), secretAccessKey: random(20) },
    ec2: { accessKeyId: random(10), secretAccessKey: random(20) },
    identity: {
      clientSecret: random(24),
      cookieKey: random(24),
      key: { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: random(8) },
    },
  };
}
